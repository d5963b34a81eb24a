#include "posix/text.hpp"

namespace kerneltour::posix {
namespace {

constexpr std::string_view white_space = " \t\n\v\f\r";

}  // namespace

std::string_view take_line(std::string_view& rest) { return take_field(rest, '\n'); }

std::string_view take_field(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto field = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return field;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> all;
  while (!(text = trim(text)).empty()) {
    all.push_back(text.substr(0, text.find_first_of(white_space)));
    text.remove_prefix(all.back().size());
  }
  return all;
}

std::vector<std::string_view> fields(std::string_view text, char separator) {
  std::vector<std::string_view> all;
  for (;;) {
    const auto end = text.find(separator);
    all.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return all;
    text.remove_prefix(end + 1);
  }
}

std::string_view beginning(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  constexpr std::size_t longest_rest = 3;  // of a character, behind its first byte
  std::size_t end = limit;
  const auto continues = [&] { return (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80; };
  while (end > 0 && end + longest_rest > limit && continues()) --end;
  return text.substr(0, end);
}

}  // namespace kerneltour::posix
