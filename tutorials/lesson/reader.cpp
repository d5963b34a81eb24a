#include "lesson/reader.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <iostream>

#include "lesson/markdown.hpp"
#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

constexpr std::string_view help =
    "    Enter  go on\n"
    "    s      show the whole source of this chapter\n"
    "    b      back to the step before\n"
    "    q      quit; kerneltour run goes on from here next time\n"
    "    ?      this list\n";

}  // namespace

std::optional<std::string> Reader::line() {
  std::array<char, 256> part;
  auto newline = typed_.find('\n');
  while (newline == std::string::npos) {
    if (!signals_.wait_for(STDIN_FILENO)) return std::nullopt;
    const auto got = read(STDIN_FILENO, part.data(), part.size());
    if (got <= 0) return std::nullopt;
    typed_.append(part.data(), static_cast<std::size_t>(got));
    newline = typed_.find('\n');
  }
  std::string line(posix::trim(std::string_view(typed_).substr(0, newline)));
  typed_.erase(0, newline + 1);
  return line;
}

Wish Reader::wish(std::string_view what) {
  for (;;) {
    std::cout << terminal_.paint(posix::Colour::dim,
                                 fmt::format("[Enter] {}  [s]ource [b]ack [q]uit [?] ", what))
              << std::flush;
    const auto answer = line();
    if (!answer || *answer == "q") return Wish::quit;
    if (answer->empty()) return Wish::go_on;
    if (*answer == "b") return Wish::back;
    if (*answer == "s") {
      std::cout << source_;
    } else {
      std::cout << help;
    }
  }
}

Wish Reader::predict(const Prediction& prediction) {
  std::cout << render_markdown(prediction.question, terminal_);
  for (std::size_t i = 0; i < prediction.answers.size(); ++i)
    std::cout << render_markdown(fmt::format("{}. {}", i + 1, prediction.answers[i]), terminal_);
  std::cout << terminal_.paint(posix::Colour::dim, fmt::format("[1-{}] your guess, or [Enter] to see ",
                                                               prediction.answers.size()))
            << std::flush;
  const auto answer = line();
  return !answer || *answer == "q" ? Wish::quit : Wish::go_on;
}

}  // namespace kerneltour::lesson
