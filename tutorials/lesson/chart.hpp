#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "lesson/step.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::lesson {

/// Rows of labels, bars to one scale, and numbers.
std::string render_bars(const std::vector<Bar>& rows, const posix::Terminal& terminal);

/// Values over time, a row a series: on a terminal that can move its cursor a line each, drawn in place;
/// elsewhere a table, a line a sample.
class LiveChart {
 public:
  /// What is to be written for the next sample, made at `time` since the first. `rows` have the same labels
  /// each time.
  std::string add(std::chrono::milliseconds time, std::string_view unit, const std::vector<Bar>& rows,
                  const posix::Terminal& terminal);

 private:
  std::string draw(const std::vector<Bar>& rows, const posix::Terminal& terminal) const;

  std::vector<std::vector<double>> history_;  ///< by row
};

}  // namespace kerneltour::lesson
