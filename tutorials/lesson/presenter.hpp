#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "chapters/header.hpp"
#include "lesson/chapter_text.hpp"
#include "lesson/event.hpp"
#include "lesson/source.hpp"
#include "lesson/step_process.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::lesson {

/// How a run of a chapter becomes text on standard output. One is made for a run, and told everything in
/// order.
class Presenter {
 public:
  virtual ~Presenter() = default;

  virtual void chapter_begins(const chapters::Chapter& chapter, const ChapterText& text) = 0;
  /// `number` of `count`, from 1.
  virtual void step_begins(const Section& section, std::size_t number, std::size_t count) = 0;
  virtual void source(const SourceLines& lines) = 0;
  virtual void event(const Event& event) = 0;
  virtual void step_ends(const Section& section, StepStatus status) = 0;
  /// What may explain a step that failed; a verdict's words.
  virtual void explanation(std::string_view text) = 0;
  virtual void chapter_ends(StepStatus status) = 0;
};

/// The lesson as a person reads it.
std::unique_ptr<Presenter> text_presenter(const posix::Terminal& terminal);
/// The Test Anything Protocol (https://testanything.org): a test is a call with an expected answer or an
/// expectation.
std::unique_ptr<Presenter> tap_presenter();
/// One JSON object, printed when the chapter ends.
std::unique_ptr<Presenter> json_presenter();

}  // namespace kerneltour::lesson
