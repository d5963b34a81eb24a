#include "lesson/markdown.hpp"

#include <doctest/doctest.h>

using kerneltour::lesson::render_markdown;
using kerneltour::posix::Terminal;

namespace {

std::string plain(std::string_view text, std::size_t width = 40) {
  return render_markdown(text, Terminal(width, false, true));
}

}  // namespace

TEST_CASE("paragraphs are wrapped, with one empty line between them") {
  CHECK(plain("one two\nthree\n\n\nfour\n", 40) == "one two three\n\nfour\n");
  CHECK(plain("1234567890 1234567890 1234567890 12345678901", 40) ==
        "1234567890 1234567890 1234567890\n12345678901\n");
}

TEST_CASE("emphasis and code lose their marks where there is no colour") {
  CHECK(plain("a *strong* word, `bind(2)`.") == "a strong word, bind(2).\n");
}

TEST_CASE("emphasis and code are painted where there is colour") {
  const auto text = render_markdown("*so* `x`", Terminal(40, true, true));
  CHECK(text == "\033[1mso\033[0m \033[36mx\033[0m\n");
}

TEST_CASE("a mark that is not closed stands for itself, and code keeps its stars") {
  CHECK(plain("2 * 3, `a * b * c`, it`s") == "2 * 3, a * b * c, it`s\n");
}

TEST_CASE("list items hang behind their mark") {
  CHECK(plain("- 1234567890 1234567890 1234567890 123456\n- b\n", 30) ==
        "  - 1234567890 1234567890\n    1234567890 123456\n  - b\n");
  CHECK(plain("10. ten\n") == "  10. ten\n");
}

TEST_CASE("code blocks are as they are") {
  CHECK(plain("See:\n\n    ss -ltn   sport\n\n```\n# *x*\n```\nEnd.\n") ==
        "See:\n\n    ss -ltn   sport\n\n    # *x*\nEnd.\n");
}
