#include "lesson/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kerneltour::lesson {
namespace {

/// Numbers from here on have more digits than there is room for beside an axis.
constexpr double too_wide = 1e7;

/// A tick that is this small a part of a step beyond an end is there: 0.1 * 3 is more than 0.3.
constexpr double rounding = 1e-6;

/// The part of a step that a value may be above the top: a share of 100.01 % is one of clocks that differ.
constexpr double above = 0.02;

/// The smallest of 1, 2, 5, 10, 20, 50 ... that is no less, or next to nothing less.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double times : {1.0, 2.0, 5.0})
    if (times * power >= least * (1 - above)) return times * power;
  return 10 * power;
}

}  // namespace

Axis Axis::exactly(double low, double high, unsigned most) {
  if (high <= low) high = low + 1;
  return {low, high, round_step((high - low) / most)};
}

Axis Axis::around(double low, double high, unsigned most) {
  auto axis = exactly(low, high, most);
  axis.bottom = axis.step * std::floor(axis.bottom / axis.step + rounding);
  axis.top = axis.step * std::ceil(axis.top / axis.step - above);
  return axis;
}

std::vector<double> Axis::ticks() const {
  std::vector<double> all;
  const double last = std::floor(top / step + rounding);
  for (double i = std::ceil(bottom / step - rounding); i <= last; ++i)
    all.push_back(i == 0 ? 0 : i * step);  // and not -0
  return all;
}

std::string Axis::label(double tick) const {
  if (std::max(std::abs(bottom), std::abs(top)) >= too_wide) return fmt::format("{:.2g}", tick);
  const auto decimals = std::max(0.0, -std::floor(std::log10(step) + rounding));
  return fmt::format("{:.{}f}", tick, static_cast<int>(decimals));
}

}  // namespace kerneltour::lesson
