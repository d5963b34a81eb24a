#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::host {

/// One line of a pressure file (Documentation/accounting/psi.rst).
struct PressureLine {
  double avg10 = 0;                    ///< percent of the last 10 s
  double avg60 = 0;                    ///< percent of the last 60 s
  double avg300 = 0;                   ///< percent of the last 300 s
  std::chrono::microseconds total{0};  ///< stalled since boot
};

/// A pressure file. `some` is missing in irq; `full` is missing in cpu before Linux 5.13.
struct Pressure {
  std::optional<PressureLine> some;
  std::optional<PressureLine> full;
};

/// nullopt where the text has neither line, or one that does not parse.
std::optional<Pressure> parse_pressure(std::string_view text);

}  // namespace kerneltour::host
