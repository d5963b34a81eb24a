#include "lesson/chapter_text.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using kerneltour::lesson::parse_chapter_text;

namespace {

constexpr const char* header = "---\nnumber: 16\ntitle: x\n---\n";

std::string reason_for(const std::string& body) {
  try {
    parse_chapter_text(header + body);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it parses";
}

}  // namespace

TEST_CASE("a chapter's text is its introduction and its sections") {
  const auto text = parse_chapter_text(std::string(header) +
                                       "Intro.\n\n## two-binds: Two sockets: one port\n\nBefore.\n\n"
                                       "### Predict\n\nWhat will\ncome?\n\n1. this, or\n   that\n2. other\n\n"
                                       "### What happened\n\nAfter.\n\n## last: Last\nOnly before.\n");
  CHECK(text.introduction == "Intro.\n\n");
  REQUIRE(text.sections.size() == 2);
  const auto& first = text.sections[0];
  CHECK(first.id == "two-binds");
  CHECK(first.title == "Two sockets: one port");
  CHECK(first.before == "\nBefore.\n\n");
  CHECK(first.prediction.question == "What will come?");
  CHECK(first.prediction.answers == std::vector<std::string>{"this, or that", "other"});
  CHECK(first.after == "\nAfter.\n\n");
  CHECK_FALSE(text.sections[1].prediction.asked());
  CHECK(text.sections[1].after.empty());
}

TEST_CASE("what is no chapter's text is refused with the line or the section") {
  CHECK(reason_for("## no colon\n") == "chapter.md line 5: a section's heading is '## id: Title'");
  CHECK(reason_for("### Predict\n") == "chapter.md line 5: '### Predict' is no heading of a chapter");
  CHECK(reason_for("## a: A\n#### deep\n") == "chapter.md line 6: '#### deep' is no heading of a chapter");
  CHECK(reason_for("## a: A\n### Predict\nWhat?\n1. one\n") ==
        "chapter.md, section a: a prediction is a question and 2 to 4 numbered answers");
  CHECK(reason_for("## a: A\n### Predict\n1. one\n2. two\n") ==
        "chapter.md, section a: a prediction is a question and 2 to 4 numbered answers");
}
