#include "host/pressure.hpp"

#include <fmt/format.h>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

bool percent(double value) { return value >= 0 && value <= 100; }

void is_a_line(const host::PressureLine& line) {
  must(percent(line.avg10) && percent(line.avg60) && percent(line.avg300), "an average is a percentage");
  must(line.total.count() >= 0, "a total is no less than nothing");
}

/// As the kernel prints it (kernel/sched/psi.c: psi_show).
std::string print(const char* name, const std::optional<host::PressureLine>& line) {
  if (!line) return {};
  return fmt::format("{} avg10={:.2f} avg60={:.2f} avg300={:.2f} total={}\n", name, line->avg10, line->avg60,
                     line->avg300, line->total.count());
}

std::string print(const host::Pressure& pressure) {
  return print("some", pressure.some) + print("full", pressure.full);
}

}  // namespace

void target(std::string_view text) {
  const auto pressure = host::parse_pressure(text);
  if (!pressure) return;
  must(pressure->some || pressure->full, "a pressure file has a line");
  if (pressure->some) is_a_line(*pressure->some);
  if (pressure->full) is_a_line(*pressure->full);

  const auto again = host::parse_pressure(print(*pressure));
  must(again && print(*again) == print(*pressure), "a pressure file printed reads as itself");
}

}  // namespace kerneltour::fuzz
