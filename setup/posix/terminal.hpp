#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::posix {

enum class Colour { plain, green, yellow, red, cyan, dim, bold };

/// What the stream behind a descriptor can show. The only type that knows of colour, width and marks.
class Terminal {
 public:
  /// Asks isatty(3), TIOCGWINSZ, TERM, NO_COLOR (https://no-color.org) and the locale's character set.
  /// Call setlocale(3) for LC_CTYPE before.
  static Terminal of(int descriptor);
  /// For tests, and for text that is made to be kept.
  Terminal(std::size_t width, bool colour, bool utf8, bool moves = false)
      : width_(width), colour_(colour), utf8_(utf8), moves_(moves) {}

  /// Columns to use: those of the window, from 40 to 80; 80 where it is no terminal.
  std::size_t width() const { return width_; }
  bool utf8() const { return utf8_; }
  /// Whether the cursor can be moved up to draw again: it is a terminal, and no dumb one.
  bool moves() const { return moves_; }

  /// `text` in that colour, or unchanged where the stream has none.
  std::string paint(Colour colour, std::string_view text) const;

 private:
  std::size_t width_;
  bool colour_;
  bool utf8_;
  bool moves_;
};

/// How many columns the text takes: its characters, none of which may be wide.
std::size_t columns(std::string_view text);

/// Splits `text` at spaces into lines of at most `width` columns; a longer word has a line of its own.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// `text` with control characters and bytes that are no UTF-8 replaced by '?': what a file of the host
/// says must not drive the terminal.
std::string printable(std::string_view text);

}  // namespace kerneltour::posix
