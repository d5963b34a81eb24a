#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::lesson {

/// What the reader may guess before a step runs. Never scored.
struct Prediction {
  std::string question;
  std::vector<std::string> answers;  ///< 2 to 4

  bool asked() const { return !answers.empty(); }
};

/// A section "## id: Title" of chapter.md. Texts are Markdown.
struct Section {
  std::string id;
  std::string title;
  std::string before;  ///< shown before the step runs
  Prediction prediction;
  std::string after;  ///< shown after it: what stands below "### What happened"
};

/// chapter.md without its header.
struct ChapterText {
  std::string introduction;
  std::vector<Section> sections;
};

/// Throws std::runtime_error, naming the line, where the text is none of a chapter: a heading of another
/// form, a prediction without 2 to 4 numbered answers.
ChapterText parse_chapter_text(std::string_view text);

}  // namespace kerneltour::lesson
