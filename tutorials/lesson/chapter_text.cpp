#include "lesson/chapter_text.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

constexpr std::string_view predict = "### Predict";
constexpr std::string_view happened = "### What happened";

/// Where the lines go that come next.
enum class Part { introduction, before, prediction, after };

[[noreturn]] void reject(unsigned line, std::string_view why) {
  throw std::runtime_error(fmt::format("chapter.md line {}: {}", line, why));
}

Section parse_heading(std::string_view heading, unsigned line) {
  const auto colon = heading.find(": ");
  if (colon == std::string_view::npos) reject(line, "a section's heading is '## id: Title'");
  Section section;
  section.id = posix::trim(heading.substr(0, colon));
  section.title = posix::trim(heading.substr(colon + 2));
  return section;
}

bool is_answer(std::string_view line) {
  return line.size() > 3 && line[0] >= '1' && line[0] <= '9' && line.substr(1, 2) == ". ";
}

/// The question, and then the numbered answers, each of which may go on in the next lines.
void add_to_prediction(Prediction& prediction, std::string_view line) {
  const auto text = posix::trim(line);
  if (text.empty()) return;
  if (is_answer(text)) {
    prediction.answers.emplace_back(posix::trim(text.substr(3)));
    return;
  }
  auto& target = prediction.answers.empty() ? prediction.question : prediction.answers.back();
  target += fmt::format("{}{}", target.empty() ? "" : " ", text);
}

void check_prediction(const Section& section) {
  const auto count = section.prediction.answers.size();
  if (section.prediction.question.empty() && count == 0) return;
  if (section.prediction.question.empty() || count < 2 || count > 4)
    throw std::runtime_error(fmt::format(
        "chapter.md, section {}: a prediction is a question and 2 to 4 numbered answers", section.id));
}

/// The text below the header's second line of "---".
std::string_view below_header(std::string_view text, unsigned& line) {
  posix::take_line(text);
  for (line = 2; !text.empty(); ++line) {
    if (posix::trim(posix::take_line(text)) == "---") break;
  }
  return text;
}

}  // namespace

ChapterText parse_chapter_text(std::string_view text) {
  ChapterText chapter;
  auto part = Part::introduction;
  unsigned number = 0;
  text = below_header(text, number);
  while (!text.empty()) {
    ++number;
    const auto line = posix::take_line(text);
    if (line.starts_with("## ")) {
      chapter.sections.push_back(parse_heading(line.substr(3), number));
      part = Part::before;
    } else if (line.starts_with("#")) {
      if (chapter.sections.empty() || (line != predict && line != happened))
        reject(number, fmt::format("'{}' is no heading of a chapter", line));
      part = line == predict ? Part::prediction : Part::after;
    } else if (part == Part::introduction) {
      chapter.introduction += fmt::format("{}\n", line);
    } else if (part == Part::prediction) {
      add_to_prediction(chapter.sections.back().prediction, line);
    } else {
      auto& section = chapter.sections.back();
      (part == Part::before ? section.before : section.after) += fmt::format("{}\n", line);
    }
  }
  for (const auto& section : chapter.sections) check_prediction(section);
  return chapter;
}

}  // namespace kerneltour::lesson
