#include "chapters/header.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace kerneltour::chapters {
namespace {

constexpr std::string_view white_space = " \t\r";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

/// Takes the first line off `rest`.
std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return trim(line);
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = trim(text)).empty()) {
    const auto end = text.find_first_of(white_space);
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  }
  return words;
}

bool read_number(std::string_view text, unsigned& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

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
    chapter.needs = split_words(value);
  } else if (key == "number") {
    if (!read_number(value, chapter.number)) return fmt::format("'{}' is no number of a chapter", value);
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
  if (next_line(text) != "---") return HeaderError{"line 1: a chapter begins with a line of ---"};
  for (unsigned number = 2; !text.empty(); ++number) {
    const auto line = next_line(text);
    if (line == "---") {
      if (chapter.title.empty()) return HeaderError{"the header has no title"};
      return chapter;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return HeaderError{fmt::format("line {}: no KEY: VALUE", number)};
    const auto problem = set(chapter, trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    if (problem) return HeaderError{fmt::format("line {}: {}", number, *problem)};
  }
  return HeaderError{"the header has no second line of ---"};
}

}  // namespace kerneltour::chapters
