#include "chapters/header.hpp"

#include <fmt/format.h>

#include <optional>

#include "posix/text.hpp"

namespace kerneltour::chapters {
namespace {

bool read_privilege(std::string_view text, Privilege& privilege) {
  privilege = text == "root" ? Privilege::root : Privilege::user;
  return text == "root" || text == "user";
}

/// Puts one key's value into the chapter; the reason where it does not fit.
std::optional<std::string> set(Chapter& chapter, std::string_view key, std::string_view value) {
  if (key == "title") {
    chapter.title = value;
  } else if (key == "part") {
    chapter.part = value;
  } else if (key == "needs") {
    for (const auto need : posix::words(value)) chapter.needs.emplace_back(need);
  } else if (key == "wants") {
    for (const auto want : posix::words(value)) chapter.wants.emplace_back(want);
  } else if (key == "number") {
    const auto number = posix::parse_number<unsigned>(value);
    if (!number) return fmt::format("'{}' is no number of a chapter", value);
    chapter.number = *number;
  } else if (key == "minutes") {
    const auto minutes = posix::parse_number<unsigned>(value);
    if (!minutes) return fmt::format("'{}' is no number of minutes", value);
    chapter.minutes = *minutes;
  } else if (key == "man") {
    for (const auto page : posix::words(value)) chapter.man.emplace_back(page);
  } else if (key == "privilege") {
    if (!read_privilege(value, chapter.privilege)) return fmt::format("'{}' is neither user nor root", value);
  } else {
    return fmt::format("'{}' is no key of a chapter's header", key);
  }
  return std::nullopt;
}

}  // namespace

std::variant<Chapter, HeaderError> parse_header(std::string_view id, std::string_view text) {
  Chapter chapter;
  chapter.id = id;
  if (posix::trim(posix::take_line(text)) != "---")
    return HeaderError{"line 1: a chapter begins with a line of ---"};
  for (unsigned number = 2; !text.empty(); ++number) {
    const auto line = posix::trim(posix::take_line(text));
    if (line == "---") {
      if (chapter.title.empty()) return HeaderError{"the header has no title"};
      return chapter;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return HeaderError{fmt::format("line {}: no KEY: VALUE", number)};
    const auto problem =
        set(chapter, posix::trim(line.substr(0, colon)), posix::trim(line.substr(colon + 1)));
    if (problem) return HeaderError{fmt::format("line {}: {}", number, *problem)};
  }
  return HeaderError{"the header has no second line of ---"};
}

}  // namespace kerneltour::chapters
