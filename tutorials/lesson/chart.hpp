#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "lesson/step.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::lesson {

/// Rows of labels, bars to one scale, and numbers.
std::string render_bars(const std::vector<Row>& rows, const posix::Terminal& terminal);

/// Values over time, a row a series: on a terminal that can move its cursor a line each, drawn in place;
/// elsewhere a table, a line a second, where a percentage is the mean since the last line.
class LiveChart {
 public:
  /// What is to be written for the next sample, made at `time`. `rows` have the same labels each time.
  std::string add(std::chrono::milliseconds time, const std::vector<Row>& rows,
                  const posix::Terminal& terminal);
  /// What is to be written when the last sample has come.
  std::string finish();

 private:
  struct Series {
    Row row;
    std::vector<double> history;

    void add(const Row& sample);
    double latest(std::size_t samples) const;
    double top() const;
    std::string label() const;
  };

  std::string draw(const posix::Terminal& terminal) const;
  std::string header() const;
  std::string line();
  static std::size_t column(const Series& series);

  std::vector<Series> series_;
  std::chrono::milliseconds began_{0};
  std::chrono::milliseconds line_began_{0};
  std::chrono::milliseconds last_{0};
  std::size_t waiting_ = 0;  ///< samples that no line of the table tells yet
};

}  // namespace kerneltour::lesson
