#include "lesson/markdown.hpp"

#include <algorithm>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {

void target(std::string_view text) {
  const auto plain = lesson::render_markdown(text, posix::Terminal(60, false, true));
  must(plain.empty() || plain.back() == '\n', "what is shown ends with a line");
  const auto painted = lesson::render_markdown(text, posix::Terminal(60, true, true));
  must(std::count(plain.begin(), plain.end(), '\n') == std::count(painted.begin(), painted.end(), '\n'),
       "colour breaks no line");
}

}  // namespace kerneltour::fuzz
