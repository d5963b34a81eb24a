#include "chapters/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "posix/text.hpp"

namespace kerneltour::chapters {
namespace {

std::vector<Chapter> parse_all() {
  std::vector<Chapter> chapters;
  for (const auto& [id, text] : embedded_headers) {
    auto parsed = parse_header(id, text);
    if (const auto* error = std::get_if<HeaderError>(&parsed))
      throw std::logic_error(fmt::format("tutorials/{}/chapter.md: {}", id, error->reason));
    chapters.push_back(std::get<Chapter>(std::move(parsed)));
  }
  std::sort(chapters.begin(), chapters.end(),
            [](const Chapter& a, const Chapter& b) { return a.number < b.number; });
  return chapters;
}

}  // namespace

const std::vector<Chapter>& catalogue() {
  static const std::vector<Chapter> chapters = parse_all();
  return chapters;
}

const Chapter* find(std::string_view name) {
  const auto number = posix::parse_number<unsigned>(name);
  for (const auto& chapter : catalogue()) {
    if (number ? chapter.number == *number : chapter.id == name) return &chapter;
  }
  return nullptr;
}

}  // namespace kerneltour::chapters
