#include "lesson/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kerneltour::lesson {
namespace {

using posix::Colour;
using posix::Terminal;

std::size_t label_width(const std::vector<Bar>& rows) {
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, posix::columns(row.label));
  return width;
}

/// Whole numbers without a fraction, others with two digits.
std::string number(double value) {
  return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.2f}", value);
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

/// One character for how high `value` is between 0 and `top`.
std::string_view level(double value, double top, bool utf8) {
  constexpr std::string_view blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr std::string_view plain[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
  const double share = top > 0 ? std::clamp(value / top, 0.0, 1.0) : 0;
  const auto index = static_cast<std::size_t>(std::lround(share * 7));
  return utf8 ? blocks[index] : plain[index];
}

std::string line_over_time(const std::vector<double>& values, std::size_t width, const Terminal& terminal) {
  const auto first = values.size() > width ? values.size() - width : 0;
  const double top = largest(values);
  std::string line;
  for (std::size_t i = first; i < values.size(); ++i) line += level(values[i], top, terminal.utf8());
  return line;
}

}  // namespace

std::string render_bars(const std::vector<Bar>& rows, const Terminal& terminal) {
  constexpr std::size_t indent = 4;
  constexpr std::size_t number_width = 9;
  const auto labels = label_width(rows);
  double top = 0;
  for (const auto& row : rows) top = std::max(top, row.value);
  const auto room = terminal.width() - std::min(terminal.width() - 10, indent + labels + number_width + 3);
  std::string text;
  for (const auto& [label, value] : rows) {
    const auto length =
        top > 0 ? static_cast<std::size_t>(std::lround(value / top * static_cast<double>(room))) : 0;
    std::string bar;
    for (std::size_t i = 0; i < length; ++i) bar += terminal.utf8() ? "█" : "#";
    text += fmt::format("{:{}}{:{}} {:>{}}", "", indent, label, labels, number(value), number_width);
    text += length == 0 ? "\n" : fmt::format(" {}\n", terminal.paint(Colour::cyan, bar));
  }
  return text;
}

std::string LiveChart::add(std::chrono::milliseconds time, std::string_view unit,
                           const std::vector<Bar>& rows, const Terminal& terminal) {
  const bool first = history_.empty();
  history_.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) history_[i].push_back(rows[i].value);
  if (terminal.moves()) {
    // Back to the first row, which is drawn again.
    return (first ? std::string() : fmt::format("\033[{}A", rows.size())) + draw(rows, terminal);
  }
  std::string text;
  if (first) {
    text += fmt::format("    {:>8}", "seconds");
    for (const auto& row : rows) text += fmt::format("  {:>10}", row.label);
    text += fmt::format("  ({})\n", unit);
  }
  text += fmt::format("    {:>8.2f}", std::chrono::duration<double>(time).count());
  for (const auto& row : rows) text += fmt::format("  {:>10}", number(row.value));
  return text + "\n";
}

std::string LiveChart::draw(const std::vector<Bar>& rows, const Terminal& terminal) const {
  constexpr std::size_t indent = 4;
  constexpr std::size_t number_width = 9;
  const auto labels = label_width(rows);
  const auto room = terminal.width() - std::min(terminal.width() - 10, indent + labels + number_width + 3);
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text +=
        fmt::format("\033[2K{:{}}{:{}} {:>{}} {}\n", "", indent, rows[i].label, labels, number(rows[i].value),
                    number_width, terminal.paint(Colour::cyan, line_over_time(history_[i], room, terminal)));
  }
  return text;
}

}  // namespace kerneltour::lesson
