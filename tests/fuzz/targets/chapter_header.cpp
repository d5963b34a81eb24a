#include <fmt/format.h>
#include <fmt/ranges.h>

#include "chapters/header.hpp"
#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

using chapters::Chapter;

std::string print(const Chapter& chapter) {
  return fmt::format("---\nnumber: {}\ntitle: {}\npart: {}\nneeds: {}\nprivilege: {}\n---\n", chapter.number,
                     chapter.title, chapter.part, fmt::join(chapter.needs, " "),
                     chapter.privilege == chapters::Privilege::root ? "root" : "user");
}

}  // namespace

void target(std::string_view text) {
  const auto parsed = chapters::parse_header("00-fuzz", text);
  const auto* chapter = std::get_if<Chapter>(&parsed);
  if (!chapter)
    return must(!std::get<chapters::HeaderError>(parsed).reason.empty(), "a failure has its reason");
  must(chapter->id == "00-fuzz" && !chapter->title.empty(), "a chapter has its id and a title");
  for (const auto& feature : chapter->needs)
    must(!feature.empty() && feature.find_first_of(" \t\r") == feature.npos, "needs are words");

  const auto again = chapters::parse_header("00-fuzz", print(*chapter));
  const auto* same = std::get_if<Chapter>(&again);
  must(same && print(*same) == print(*chapter), "a header printed reads as itself");
}

}  // namespace kerneltour::fuzz
