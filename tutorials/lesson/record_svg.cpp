#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "lesson/axis.hpp"
#include "lesson/recording.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::lesson {
namespace {

// All in user units, which are pixels where nobody scales the picture.
constexpr double width = 760;
constexpr double edge = 20;
constexpr double left = 76;  // where plots begin: room for the numbers beside them
constexpr double right = width - edge;
constexpr double plot_height = 130;
constexpr double plot_gap = 12;
constexpr double line_height = 19;
constexpr double character = 6.7;  // about what one of the small text takes
constexpr double swatch = 26;      // the bit of line before a series' name

/// Colours that differ for people who see no red, no green or no blue, too, by at least 10 (CIE76, Machado's
/// simulation), each with a contrast of 3:1 to the background (WCAG 2.1, 1.4.11). The dashes differ as well,
/// for print.
constexpr std::string_view light[] = {"#0072b2", "#d55e00", "#7f3c8d", "#009e73", "#4d4d4d", "#cc79a7"};
constexpr std::string_view dark[] = {"#56b4e9", "#e69f00", "#cc79a7", "#2bbf8f", "#f0f0f0", "#f0e442"};
constexpr std::string_view dashes[] = {"none", "7 3", "2 3", "9 3 2 3", "4 2", "14 4"};
constexpr std::size_t styles = std::size(dashes);

struct Point {
  double seconds;
  double value;
};

/// One series of a step: a line a window.
struct Curve {
  std::string label;
  std::string unit;
  std::vector<std::vector<Point>> lines;

  double smallest() const;
  double largest() const;
  double mean() const;
};

/// Curves of one unit, which stand on one axis.
using Plot = std::vector<Curve>;

double Curve::smallest() const {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& line : lines)
    for (const auto& point : line) least = std::min(least, point.value);
  return least;
}

double Curve::largest() const {
  double most = -std::numeric_limits<double>::infinity();
  for (const auto& line : lines)
    for (const auto& point : line) most = std::max(most, point.value);
  return most;
}

double Curve::mean() const {
  double sum = 0;
  std::size_t count = 0;
  for (const auto& line : lines) {
    for (const auto& point : line) sum += point.value;
    count += line.size();
  }
  return sum / static_cast<double>(count);
}

/// The curve of that row, made where it is not there yet, in the plot of its unit.
Curve& curve_of(std::vector<Plot>& plots, const Row& row) {
  auto plot =
      std::find_if(plots.begin(), plots.end(), [&](const Plot& one) { return one.front().unit == row.unit; });
  if (plot == plots.end()) plot = plots.insert(plots.end(), Plot());
  auto curve =
      std::find_if(plot->begin(), plot->end(), [&](const Curve& one) { return one.label == row.label; });
  if (curve == plot->end()) curve = plot->insert(plot->end(), {row.label, row.unit, {}});
  return *curve;
}

std::vector<Plot> plots_of(const RecordedStep& step) {
  std::vector<Plot> plots;
  for (const auto& window : step.windows) {
    for (const auto& row : window.moments.front().rows) curve_of(plots, row).lines.emplace_back();
    for (const auto& moment : window.moments)
      for (const auto& row : moment.rows)
        curve_of(plots, row).lines.back().push_back({moment.seconds, row.value});
  }
  return plots;
}

/// From zero, which lines start at, and percentages up to 100 at least.
Axis value_axis(const Plot& plot) {
  double low = 0;
  double high = plot.front().unit == "%" ? 100 : 0;
  for (const auto& curve : plot) {
    low = std::min(low, curve.smallest());
    high = std::max(high, curve.largest());
  }
  return Axis::around(low, high, 5);
}

Axis time_axis(const RecordedStep& step) {
  return Axis::exactly(0, step.windows.back().moments.back().seconds, 10);
}

/// Text for XML, without what it cannot hold (XML 1.0, 2.2).
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : posix::printable(text)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string text_at(double x, double y, std::string_view style, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, style, escaped(text));
}

std::string line_between(double x1, double y1, double x2, double y2, std::string_view style) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n", x1, y1,
                     x2, y2, style);
}

double text_width(std::string_view text) { return character * static_cast<double>(posix::columns(text)); }

std::string_view unit_name(const Plot& plot) {
  return plot.front().unit.empty() ? "number" : std::string_view(plot.front().unit);
}

/// Draws downwards: each function begins at `y_` and leaves it below what it drew.
class Picture {
 public:
  explicit Picture(const Recording& recording) {
    y_ += 26;
    drawn_ += text_at(edge, y_, "title", recording.title());
    y_ += 20;
    drawn_ += text_at(edge, y_, "small", "Measured on " + recording.made());
    for (const auto& step : recording.steps()) panel(step);
    y_ += edge;
  }

  double height() const { return y_; }
  const std::string& drawn() const { return drawn_; }

 private:
  void panel(const RecordedStep& step) {
    y_ += 36;
    drawn_ += "<g>\n" + text_at(edge, y_, "heading", step.title);
    y_ += 6;
    const auto time = time_axis(step);
    std::size_t style = 0;
    for (const auto& plot : plots_of(step)) {
      legend(plot, style);
      if (step.windows.size() > 1) windows(step, time);
      draw(plot, time, style);
      style += plot.size();
      y_ += plot_gap;
    }
    y_ -= plot_gap;
    time_labels(time);
    drawn_ += "</g>\n";
  }

  /// The unit, above the numbers, and the names of the series, above their lines.
  void legend(const Plot& plot, std::size_t style) {
    y_ += line_height;
    drawn_ += text_at(edge, y_, "small", unit_name(plot));
    const double begin = std::max(left, edge + text_width(unit_name(plot)) + 12);
    double x = begin;
    for (const auto& curve : plot) {
      const double needed = swatch + 6 + text_width(curve.label) + 18;
      if (x > begin && x + needed > right) {
        x = begin;
        y_ += line_height;
      }
      drawn_ += line_between(x, y_ - 4, x + swatch, y_ - 4, fmt::format("series s{}", style++ % styles));
      drawn_ += text_at(x + swatch + 6, y_, "small", curve.label);
      x += needed;
    }
    y_ += 9;
  }

  /// A line where each begins, and its number, where there is room for it.
  void windows(const RecordedStep& step, const Axis& time) {
    y_ += 10;
    double taken = 0;
    for (const auto& window : step.windows) {
      const double x = across(time, window.moments.front().seconds);
      drawn_ += line_between(x, y_, x, y_ + plot_height, "grid");
      if (x < taken) continue;
      const auto name = taken == 0 ? fmt::format("window {}", window.number) : fmt::to_string(window.number);
      drawn_ += text_at(x, y_ - 4, "tiny", name);
      taken = x + text_width(name) + 6;
    }
  }

  void draw(const Plot& plot, const Axis& time, std::size_t style) {
    const auto values = value_axis(plot);
    const auto up = [&](double value) { return y_ + plot_height * (1 - values.share(value)); };
    for (const double tick : values.ticks()) {
      drawn_ += line_between(left, up(tick), right, up(tick), tick == 0 ? "axis" : "grid");
      drawn_ += text_at(left - 8, up(tick) + 4, "small end", values.label(tick));
    }
    for (const auto& curve : plot) {
      for (const auto& line : curve.lines)
        drawn_ += line.size() == 1 ? dot(across(time, line[0].seconds), up(line[0].value), style)
                                   : path(
                                         line, [&](double t) { return across(time, t); }, up, style);
      ++style;
    }
    y_ += plot_height;
  }

  static std::string dot(double x, double y, std::size_t style) {
    return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\" class=\"series s{}\"/>\n", x, y,
                       style % styles);
  }

  template <class Across, class Up>
  static std::string path(const std::vector<Point>& line, Across across, Up up, std::size_t style) {
    std::string points;
    for (const auto& point : line)
      points +=
          fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", across(point.seconds), up(point.value));
    return fmt::format("<polyline points=\"{}\" class=\"series s{}\"/>\n", points, style % styles);
  }

  void time_labels(const Axis& time) {
    for (const double tick : time.ticks()) {
      const double x = across(time, tick);
      drawn_ += line_between(x, y_, x, y_ + 4, "axis");
      drawn_ += text_at(x, y_ + 17, "small middle", time.label(tick));
    }
    y_ += 34;
    drawn_ += text_at((left + right) / 2, y_, "small middle", "seconds");
  }

  static double across(const Axis& time, double seconds) {
    return left + (right - left) * time.share(seconds);
  }

  double y_ = 0;
  std::string drawn_;
};

/// The rules for one kind of screen.
std::string colours(std::string_view background, std::string_view text, std::string_view faint,
                    std::string_view grid, const std::string_view (&series)[styles]) {
  auto rules = fmt::format(
      ".background {{ fill: {} }} text {{ fill: {} }} .small, .tiny {{ fill: {} }}\n"
      ".axis {{ stroke: {} }} .grid {{ stroke: {} }}\n",
      background, text, faint, faint, grid);
  for (std::size_t i = 0; i < styles; ++i) rules += fmt::format(".s{} {{ stroke: {} }}\n", i, series[i]);
  return rules;
}

std::string style_sheet() {
  std::string rules =
      "svg { color-scheme: light dark }\n"
      "text { font-family: system-ui, sans-serif; font-size: 12px }\n"
      ".title { font-size: 18px; font-weight: bold } .heading { font-size: 14px; font-weight: bold }\n"
      ".tiny { font-size: 10px } .end { text-anchor: end } .middle { text-anchor: middle }\n"
      ".series { fill: none; stroke-width: 1.8; stroke-linejoin: round }\n";
  for (std::size_t i = 0; i < styles; ++i)
    rules += fmt::format(".s{} {{ stroke-dasharray: {} }}\n", i, dashes[i]);
  rules += colours("#ffffff", "#1a1a1a", "#555555", "#dddddd", light);
  return rules + "@media (prefers-color-scheme: dark) {\n" +
         colours("#1e1e1e", "#eeeeee", "#b5b5b5", "#3d3d3d", dark) + "}\n";
}

/// In words, for who hears the picture: what each series did.
std::string description(const Recording& recording) {
  auto text = fmt::format("Measured on {}.", recording.made());
  for (const auto& step : recording.steps()) {
    text += fmt::format("\n{}, {:.1f} seconds:", step.title, step.windows.back().moments.back().seconds);
    std::string_view between = " ";
    for (const auto& plot : plots_of(step))
      for (const auto& curve : plot) {
        text += fmt::format("{}{} from {:.2f} to {:.2f}, on average {:.2f}{}{}", between, curve.label,
                            curve.smallest(), curve.largest(), curve.mean(), curve.unit.empty() ? "" : " ",
                            curve.unit);
        between = "; ";
      }
    text += ".";
  }
  return text;
}

/// Keeps the newlines, which escaped() takes for control characters.
std::string escaped_lines(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const auto end = text.find('\n');
    safe += escaped(text.substr(0, end));
    if (end == std::string_view::npos) break;
    safe += '\n';
    text.remove_prefix(end + 1);
  }
  return safe;
}

}  // namespace

std::string svg_of(const Recording& recording) {
  const Picture picture(recording);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1:.0f}\" viewBox=\"0 0 {0} "
      "{1:.0f}\" "
      "role=\"img\" aria-labelledby=\"title description\">\n"
      "<title id=\"title\">{2}</title>\n"
      "<desc id=\"description\">{3}</desc>\n"
      "<style>\n{4}</style>\n"
      "<rect width=\"100%\" height=\"100%\" class=\"background\"/>\n"
      "{5}</svg>\n",
      width, picture.height(), escaped(recording.title()), escaped_lines(description(recording)),
      style_sheet(), picture.drawn());
}

}  // namespace kerneltour::lesson
