#include "lesson/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace kerneltour::lesson {
namespace {

using posix::Colour;
using posix::Terminal;

constexpr std::string_view percent = "%";

/// A table is to be read, and gets no line more often.
constexpr std::chrono::milliseconds line_time{950};

std::size_t label_width(const std::vector<Row>& rows) {
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

std::string line_over_time(const std::vector<double>& values, double top, std::size_t width,
                           const Terminal& terminal) {
  const auto first = values.size() > width ? values.size() - width : 0;
  std::string line;
  for (std::size_t i = first; i < values.size(); ++i) line += level(values[i], top, terminal.utf8());
  return line;
}

}  // namespace

std::string render_bars(const std::vector<Row>& rows, const Terminal& terminal) {
  constexpr std::size_t indent = 4;
  constexpr std::size_t number_width = 9;
  const auto labels = label_width(rows);
  double top = 0;
  for (const auto& row : rows) top = std::max({top, row.value, row.unit == "%" ? 100.0 : 0.0});
  const auto room = terminal.width() - std::min(terminal.width() - 10, indent + labels + number_width + 3);
  std::string text;
  for (const auto& [label, value, unit] : rows) {
    const auto length =
        top > 0 ? static_cast<std::size_t>(std::lround(value / top * static_cast<double>(room))) : 0;
    std::string bar;
    for (std::size_t i = 0; i < length; ++i) bar += terminal.utf8() ? "█" : "#";
    text += fmt::format("{:{}}{:{}} {:>{}}", "", indent, label, labels, number(value), number_width);
    text += length == 0 ? "\n" : fmt::format(" {}\n", terminal.paint(Colour::cyan, bar));
  }
  return text;
}

std::string LiveChart::add(std::chrono::milliseconds time, const std::vector<Row>& rows,
                           const Terminal& terminal) {
  const bool first = series_.empty();
  if (first) began_ = line_began_ = time;
  series_.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) series_[i].add(rows[i]);
  if (terminal.moves()) {
    // Back to the first row, which is drawn again.
    return (first ? std::string() : fmt::format("\033[{}A", rows.size())) + draw(terminal);
  }
  last_ = time;
  ++waiting_;
  auto text = first ? header() : std::string();
  if (time - line_began_ >= line_time) text += line();
  return text;
}

std::string LiveChart::finish() { return waiting_ > 0 ? line() : std::string(); }

void LiveChart::Series::add(const Row& sample) {
  row = sample;
  history.push_back(sample.value);
}

/// What the samples since the last line come to: shares of time add up, numbers are what they are now.
double LiveChart::Series::latest(std::size_t samples) const {
  if (row.unit != percent) return row.value;
  const auto from = history.end() - static_cast<std::ptrdiff_t>(samples);
  return std::accumulate(from, history.end(), 0.0) / static_cast<double>(samples);
}

double LiveChart::Series::top() const { return row.unit == percent ? 100 : largest(history); }

std::string LiveChart::Series::label() const {
  return row.unit.empty() ? row.label : fmt::format("{} {}", row.label, row.unit);
}

std::string LiveChart::header() const {
  auto text = fmt::format("    {:>8}", "seconds");
  for (const auto& series : series_) text += fmt::format("  {:>{}}", series.label(), column(series));
  return text + "\n";
}

std::string LiveChart::line() {
  auto text = fmt::format("    {:>8.2f}", std::chrono::duration<double>(last_ - began_).count());
  for (const auto& series : series_)
    text += fmt::format("  {:>{}}", number(series.latest(waiting_)), column(series));
  waiting_ = 0;
  line_began_ = last_;
  return text + "\n";
}

std::size_t LiveChart::column(const Series& series) {
  return std::max<std::size_t>(10, posix::columns(series.label()));
}

std::string LiveChart::draw(const Terminal& terminal) const {
  constexpr std::size_t indent = 4;
  constexpr std::size_t number_width = 9;
  std::size_t labels = 0;
  for (const auto& series : series_) labels = std::max(labels, posix::columns(series.label()));
  const auto room = terminal.width() - std::min(terminal.width() - 10, indent + labels + number_width + 3);
  std::string text;
  for (const auto& series : series_) {
    const auto line = line_over_time(series.history, series.top(), room, terminal);
    text += fmt::format("\033[2K{:{}}{:{}} {:>{}} {}\n", "", indent, series.label(), labels,
                        number(series.row.value), number_width, terminal.paint(Colour::cyan, line));
  }
  return text;
}

}  // namespace kerneltour::lesson
