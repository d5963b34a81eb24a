#include "posix/terminal.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "posix/fd.hpp"

using namespace kerneltour::posix;
using Lines = std::vector<std::string>;

namespace {

/// A terminal of so many columns.
struct Pty {
  explicit Pty(unsigned short columns) {
    winsize size{};
    size.ws_col = columns;
    int ends[2];
    REQUIRE(openpty(&ends[0], &ends[1], nullptr, nullptr, &size) == 0);
    master = Fd(ends[0]);
    slave = Fd(ends[1]);
  }
  Fd master;
  Fd slave;
};

/// Sets TERM and NO_COLOR (nullptr: unset) for a test.
struct Environment {
  Environment(const char* term, const char* no_color) {
    set("TERM", term);
    set("NO_COLOR", no_color);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    unsetenv("TERM");
    unsetenv("NO_COLOR");
  }
  static void set(const char* name, const char* value) {
    if (value)
      setenv(name, value, 1);
    else
      unsetenv(name);
  }
};

bool coloured(const Terminal& terminal) { return terminal.paint(Colour::red, "x") != "x"; }

}  // namespace

TEST_CASE("a terminal's width is its window's, from 40 to 80 columns") {
  const auto width_of = [](unsigned short columns) {
    const Pty pty(columns);
    return Terminal::of(pty.slave.get()).width();
  };
  CHECK(width_of(0) == 80);
  CHECK(width_of(20) == 40);
  CHECK(width_of(40) == 40);
  CHECK(width_of(66) == 66);
  CHECK(width_of(80) == 80);
  CHECK(width_of(200) == 80);
}

TEST_CASE("a file has 80 columns and no colour") {
  const Environment environment("xterm", nullptr);
  const Fd null(open("/dev/null", O_WRONLY));
  const Terminal terminal = Terminal::of(null.get());
  CHECK(terminal.width() == 80);
  CHECK_FALSE(coloured(terminal));
}

TEST_CASE("a terminal has colour unless TERM or NO_COLOR says otherwise") {
  const Pty pty(80);
  const auto colour_with = [&](const char* term, const char* no_color) {
    const Environment environment(term, no_color);
    return coloured(Terminal::of(pty.slave.get()));
  };
  CHECK(colour_with("xterm", nullptr));
  CHECK(colour_with("xterm", ""));
  CHECK_FALSE(colour_with("xterm", "1"));
  CHECK_FALSE(colour_with("xterm", "0"));
  CHECK_FALSE(colour_with("dumb", nullptr));
  CHECK_FALSE(colour_with("", nullptr));
  CHECK_FALSE(colour_with(nullptr, nullptr));
}

TEST_CASE("the locale says whether there is UTF-8") {
  setlocale(LC_CTYPE, "C");
  CHECK_FALSE(Terminal::of(STDOUT_FILENO).utf8());
  REQUIRE(setlocale(LC_CTYPE, "C.UTF-8") != nullptr);
  CHECK(Terminal::of(STDOUT_FILENO).utf8());
  setlocale(LC_CTYPE, "C");
}

TEST_CASE("paint puts the text between a colour and its end") {
  const Terminal terminal(80, true, true);
  CHECK(terminal.paint(Colour::green, "ready") == "\033[32mready\033[0m");
  CHECK(terminal.paint(Colour::yellow, "x") == "\033[33mx\033[0m");
  CHECK(terminal.paint(Colour::red, "x") == "\033[31mx\033[0m");
  CHECK(terminal.paint(Colour::bold, "x") == "\033[1mx\033[0m");
  CHECK(terminal.paint(Colour::dim, "x") == "\033[2mx\033[0m");
}

TEST_CASE("paint leaves plain and empty text alone, and all text where there is no colour") {
  CHECK(Terminal(80, true, true).paint(Colour::plain, "x") == "x");
  CHECK(Terminal(80, true, true).paint(Colour::red, "").empty());
  CHECK(Terminal(80, false, true).paint(Colour::red, "x") == "x");
}

TEST_CASE("wrap fills lines up to the width and no further") {
  CHECK(wrap("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrap("one two three", 6) == Lines{"one", "two", "three"});
  CHECK(wrap("one two three", 13) == Lines{"one two three"});
  CHECK(wrap("one two three", 12) == Lines{"one two", "three"});
}

TEST_CASE("wrap gives a longer word a line of its own") {
  CHECK(wrap("a /sys/kernel/security b", 10) == Lines{"a", "/sys/kernel/security", "b"});
  CHECK(wrap("a b", 0) == Lines{"a", "b"});
}

TEST_CASE("wrap makes one space of several and none at the ends") {
  CHECK(wrap("  one   two ", 80) == Lines{"one two"});
}

TEST_CASE("wrap makes no line of nothing") {
  CHECK(wrap("", 80).empty());
  CHECK(wrap("   ", 80).empty());
}

TEST_CASE("wrap counts characters, not bytes") {
  CHECK(wrap("ééé üüü", 7) == Lines{"ééé üüü"});
  CHECK(wrap("ééé üüü", 6) == Lines{"ééé", "üüü"});
  CHECK(wrap("… … …", 5) == Lines{"… … …"});
}

TEST_CASE("printable leaves text alone, in every script") {
  for (const char* text : {"", "psi=1 quiet", "Müller, 日本語, €, 😀", "\u00a0"})
    CHECK(printable(text) == text);
}

TEST_CASE("printable takes the power from control characters") {
  CHECK(printable("\033[31mred\033]0;title\a") == "?[31mred?]0;title?");
  CHECK(printable("a\nb\tc\rd\x7f") == "a?b?c?d?");
  CHECK(printable(std::string_view("a\0b", 3)) == "a?b");
  CHECK(printable("\u009b31m") == "?31m");         // CSI in one character
  CHECK(printable("a\u202eb\u2066c") == "a?b?c");  // turns the direction of writing
  CHECK(printable("a\u2028b") == "a?b");
}

TEST_CASE("printable replaces every byte that is no UTF-8") {
  CHECK(printable("\xff\xfe") == "??");
  CHECK(printable("a\x80z") == "a?z");
  CHECK(printable("\xc3") == "?");            // cut off
  CHECK(printable("\xe2\x82z") == "??z");     // cut off before another character
  CHECK(printable("\xc0\x9b") == "??");       // overlong escape
  CHECK(printable("\xe0\x80\x9b") == "???");  // the same in three bytes
  CHECK(printable("\xf0\x80\x80\x9b") == "????");
  CHECK(printable("\xed\xa0\x80") == "???");       // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "????");  // above U+10FFFF
  CHECK(printable("\x9b"
                  "31m") == "?31m");  // CSI of an 8-bit terminal
}
