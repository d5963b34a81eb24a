#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "lesson/chapter_text.hpp"
#include "lesson/event.hpp"

namespace kerneltour::lesson {

/// The samples of one moment.
struct Moment {
  double seconds = 0;  ///< since the first sample of its step
  std::vector<Row> rows;
};

/// Moments with the same rows, between which the step told nothing else: one stretch of measuring.
struct Window {
  unsigned number = 0;  ///< from 1 within the step, and further where the step runs again
  std::vector<Moment> moments;
};

/// What one run of a step measured over time.
struct RecordedStep {
  std::string id;
  std::string title;
  std::vector<Window> windows;
};

/// All that the steps of a run measure over time: what --record keeps.
class Recording {
 public:
  /// `title` is the chapter's; `made` says where and when this is.
  Recording(std::string title, std::string made) : title_(std::move(title)), made_(std::move(made)) {}

  void step_begins(const Section& section);
  void event(const Event& event);

  const std::string& title() const { return title_; }
  const std::string& made() const { return made_; }
  /// Those that measured something, in the order in which they ran.
  const std::vector<RecordedStep>& steps() const { return steps_; }

 private:
  RecordedStep& present_step();
  Window& present_window(const std::vector<Row>& rows);

  std::string title_;
  std::string made_;
  std::vector<RecordedStep> steps_;
  std::string id_;  ///< of the step under way, which may measure nothing
  std::string step_title_;
  bool first_in_step_ = true;
  bool interrupted_ = false;  ///< something else was told since the last sample
  std::chrono::milliseconds began_{0};
};

/// "Linux 6.18.5, 2 CPUs, 2026-01-31 18:04 +0100"
std::string here_and_now();

/// A table as RFC 4180 has it: a line a value, below the columns step, window, seconds, series, unit, value.
std::string csv_of(const Recording& recording);

/// A picture (SVG 1.1): a panel a step, in it a plot a unit, for a light or a dark screen as the reader's is.
std::string svg_of(const Recording& recording);

}  // namespace kerneltour::lesson
