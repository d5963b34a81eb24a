#pragma once

#include "lesson/event.hpp"

namespace kerneltour::lesson {

/// Thrown to end a step early, after the event that says why.
struct StepEnds {};

/// The step's end of the pipe: writes events, a line each.
class Reporter {
 public:
  /// The descriptor stays the caller's.
  explicit Reporter(int pipe) : pipe_(pipe) {}

  void report(const Event& event);

 private:
  int pipe_;
};

}  // namespace kerneltour::lesson
