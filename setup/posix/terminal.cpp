#include "posix/terminal.hpp"

#include <fmt/format.h>
#include <langinfo.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace kerneltour::posix {
namespace {

constexpr std::size_t narrowest = 40;
constexpr std::size_t widest = 80;

std::string_view environment(const char* name) {
  const char* value = getenv(name);
  return value ? value : "";
}

std::size_t window_width(int descriptor) {
  winsize window{};
  if (ioctl(descriptor, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return widest;
  return std::clamp<std::size_t>(window.ws_col, narrowest, widest);
}

/// The parameter of SGR, "select graphic rendition" (console_codes(4)).
int rendition(Colour colour) {
  switch (colour) {
    case Colour::plain:
      return 0;
    case Colour::bold:
      return 1;
    case Colour::dim:
      return 2;
    case Colour::red:
      return 31;
    case Colour::green:
      return 32;
    case Colour::yellow:
      return 33;
    case Colour::cyan:
      return 36;
  }
  return 0;
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// One character of UTF-8 text.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  ///< in bytes; 0 where the bytes are no UTF-8
};

/// Decodes the first character as RFC 3629 has it: no overlong form, no surrogate, none above U+10FFFF.
CodePoint first_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};

  char32_t value = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return {};
    value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < smallest[length] || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

/// C0, DEL and C1 (ECMA-48), and those of Unicode that break lines or turn the direction of writing.
bool controls(char32_t value) {
  if (value < 0x20 || (value >= 0x7F && value < 0xA0)) return true;
  return (value >= 0x2028 && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}

}  // namespace

std::size_t columns(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues));
}

Terminal Terminal::of(int descriptor) {
  const bool utf8 = std::string_view(nl_langinfo(CODESET)) == "UTF-8";
  if (!isatty(descriptor)) return {widest, false, utf8};
  const std::string_view type = environment("TERM");
  const bool capable = !type.empty() && type != "dumb";
  return {window_width(descriptor), capable && environment("NO_COLOR").empty(), utf8, capable};
}

std::string Terminal::paint(Colour colour, std::string_view text) const {
  if (!colour_ || colour == Colour::plain || text.empty()) return std::string(text);
  return fmt::format("\033[{}m{}\033[0m", rendition(colour), text);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!lines.empty() && used + 1 + columns(word) <= width) {
      lines.back().append(" ").append(word);
      used += 1 + columns(word);
    } else {
      lines.emplace_back(word);
      used = columns(word);
    }
  }
  return lines;
}

std::string printable(std::string_view text) {
  // Nearly all that there is to show.
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }))
    return std::string(text);
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    const std::size_t length = std::max<std::size_t>(next.length, 1);
    if (next.length == 0 || controls(next.value))
      shown += '?';
    else
      shown += text.substr(0, length);
    text.remove_prefix(length);
  }
  return shown;
}

}  // namespace kerneltour::posix
