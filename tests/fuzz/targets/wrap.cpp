#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/target.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::fuzz {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

void wrap_at(std::string_view text, std::size_t width) {
  std::vector<std::string> words;
  std::size_t before = 0;
  for (const auto& line : posix::wrap(text, width)) {
    const auto in_line = words_of(line);
    must(!in_line.empty(), "a line has a word");
    must(in_line.size() == 1 || columns_of(line) <= width, "only a single word is wider than the width");
    must(words.empty() || before + 1 + columns_of(in_line[0]) > width, "a line is as full as it can be");
    words.insert(words.end(), in_line.begin(), in_line.end());
    before = columns_of(line);
  }
  must(words == words_of(text), "the lines' words are the text's");
}

}  // namespace

void target(std::string_view text) {
  wrap_at(text, 0);
  wrap_at(text, 10);
  wrap_at(text, 80);
}

}  // namespace kerneltour::fuzz
