#include <fmt/format.h>

#include "lesson/recording.hpp"

namespace kerneltour::lesson {
namespace {

constexpr std::string_view line_end = "\r\n";  // RFC 4180, 2.1

/// In quotes where it has to be (RFC 4180, 2.6 and 2.7).
std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string csv_of(const Recording& recording) {
  auto text = fmt::format("step,window,seconds,series,unit,value{}", line_end);
  for (const auto& step : recording.steps())
    for (const auto& window : step.windows)
      for (const auto& moment : window.moments)
        for (const auto& row : moment.rows)
          text += fmt::format("{},{},{:.3f},{},{},{}{}", field(step.id), window.number, moment.seconds,
                              field(row.label), field(row.unit), row.value, line_end);
  return text;
}

}  // namespace kerneltour::lesson
