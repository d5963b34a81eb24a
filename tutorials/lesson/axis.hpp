#pragma once

#include <string>
#include <vector>

namespace kerneltour::lesson {

/// An axis of a plot, with ticks at multiples of 1, 2 or 5 times a power of ten.
struct Axis {
  double bottom = 0;
  double top = 1;
  double step = 1;  ///< from tick to tick

  /// From `low` to `high` as they are, with at most `most` steps in between. One that is no length becomes 1.
  static Axis exactly(double low, double high, unsigned most);
  /// The same, with a tick at either end.
  static Axis around(double low, double high, unsigned most);

  /// Where the ticks are, lowest first.
  std::vector<double> ticks() const;
  /// The number beside a tick, with as many decimals as the step has.
  std::string label(double tick) const;
  /// How far up a value is: 0 at the bottom, 1 at the top.
  double share(double value) const { return (value - bottom) / (top - bottom); }
};

}  // namespace kerneltour::lesson
