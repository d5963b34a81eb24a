#include "host/pressure.hpp"

#include <cstdint>
#include <limits>

#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

/// Digits and a point, as "%lu.%02lu" prints them; a stall never counts for more than its
/// period (kernel/sched/psi.c: psi_show, update_averages).
std::optional<double> parse_percent(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  double percent = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
  if (error != std::errc() || stopped != end || percent > 100) return std::nullopt;
  return percent;
}

std::optional<std::chrono::microseconds> parse_total(std::string_view text) {
  using Count = std::chrono::microseconds::rep;
  const auto total = posix::parse_number<std::uint64_t>(text);
  if (!total || *total > static_cast<std::uint64_t>(std::numeric_limits<Count>::max())) return std::nullopt;
  return std::chrono::microseconds(static_cast<Count>(*total));
}

template <class Value>
bool assign(Value& to, const std::optional<Value>& from) {
  if (from) to = *from;
  return from.has_value();
}

/// "avg10=2.02 avg60=1.21 avg300=0.37 total=5910419": all four; a later kernel may add others.
std::optional<PressureLine> parse_line(const std::vector<std::string_view>& line) {
  PressureLine pressure;
  bool avg10 = false, avg60 = false, avg300 = false, total = false;
  for (std::string_view value : line) {
    const auto name = posix::take_field(value, '=');
    if (name == "avg10") avg10 = assign(pressure.avg10, parse_percent(value));
    if (name == "avg60") avg60 = assign(pressure.avg60, parse_percent(value));
    if (name == "avg300") avg300 = assign(pressure.avg300, parse_percent(value));
    if (name == "total") total = assign(pressure.total, parse_total(value));
  }
  if (!avg10 || !avg60 || !avg300 || !total) return std::nullopt;
  return pressure;
}

}  // namespace

std::optional<Pressure> parse_pressure(std::string_view text) {
  Pressure pressure;
  while (!text.empty()) {
    const auto line = posix::words(posix::take_line(text));
    if (line.empty() || (line.front() != "some" && line.front() != "full")) continue;
    const auto parsed = parse_line(line);
    if (!parsed) return std::nullopt;
    (line.front() == "some" ? pressure.some : pressure.full) = parsed;
  }
  if (!pressure.some && !pressure.full) return std::nullopt;
  return pressure;
}

}  // namespace kerneltour::host
