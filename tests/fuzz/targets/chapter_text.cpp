#include "lesson/chapter_text.hpp"

#include <stdexcept>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {

void target(std::string_view text) {
  try {
    const auto chapter = lesson::parse_chapter_text(text);
    for (const auto& section : chapter.sections) {
      const auto answers = section.prediction.answers.size();
      must(answers == 0 || (answers >= 2 && answers <= 4), "a prediction has 2 to 4 answers");
      must(section.prediction.asked() == !section.prediction.question.empty(),
           "answers have a question, and a question answers");
    }
  } catch (const std::runtime_error& error) {
    must(error.what() != std::string_view(), "a failure has its reason");
  }
}

}  // namespace kerneltour::fuzz
