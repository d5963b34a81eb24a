#include <fmt/format.h>

#include <iostream>
#include <optional>
#include <sstream>

#include "lesson/chart.hpp"
#include "lesson/markdown.hpp"
#include "lesson/presenter.hpp"
#include "posix/error.hpp"

namespace kerneltour::lesson {
namespace {

using posix::Colour;
using posix::printable;
using posix::Terminal;

/// Of what a step tells.
constexpr std::size_t indent = 4;

/// A line with spaces in place of its tabs, whose stops would be wrong behind an indentation.
std::string untabbed(std::string_view line) {
  constexpr std::size_t stop = 8;
  std::string text;
  for (const char c : line) {
    if (c == '\t')
      text.append(stop - posix::columns(text) % stop, ' ');
    else
      text += c;
  }
  return text;
}

class TextPresenter : public Presenter {
 public:
  explicit TextPresenter(const Terminal& terminal) : terminal_(terminal) {}

  void chapter_begins(const chapters::Chapter& chapter, const ChapterText& text) override {
    write(terminal_.paint(Colour::bold, fmt::format("{}. {}", chapter.number, chapter.title)) + "\n\n");
    write(render_markdown(text.introduction, terminal_));
  }

  void step_begins(const Section& section, std::size_t number, std::size_t count) override {
    const auto heading = fmt::format("{}/{}  {}", number, count, section.title);
    write(fmt::format("\n{}\n\n", terminal_.paint(Colour::bold, heading)));
    write(render_markdown(section.before, terminal_));
  }

  void source(const SourceLines& lines) override {
    write("\n");
    unsigned number = lines.first;
    std::istringstream text(lines.text);
    for (std::string line; std::getline(text, line); ++number)
      write(fmt::format("{} {}\n", terminal_.paint(Colour::dim, fmt::format("{:4}", number)), line));
    write("\n");
  }

  void event(const Event& event) override {
    if (event.kind != Event::Kind::sample) end_chart();
    switch (event.kind) {
      case Event::Kind::note:
        return write(render_markdown(printable(event.text), terminal_));
      case Event::Kind::call:
        return call(event);
      case Event::Kind::expectation:
        return expectation(event);
      case Event::Kind::output:
        return output(event);
      case Event::Kind::bars:
        return write(fmt::format("  {}\n{}", event.text, render_bars(event.rows, terminal_)));
      case Event::Kind::sample:
        return sample(event);
      case Event::Kind::skipped:
        write(sentence(mark(Colour::yellow, "–", "-"), "skipped: " + printable(event.text)));
        return write(fmt::format("    to get it: {}\n", terminal_.paint(Colour::bold, event.detail)));
    }
  }

  void step_ends(const Section& section, StepStatus status) override {
    end_chart();
    if (status == StepStatus::stopped || section.after.empty()) return;
    write("\n" + render_markdown(section.after, terminal_));
  }

  void explanation(std::string_view text) override { write(render_markdown(printable(text), terminal_)); }

  void chapter_ends(StepStatus status) override {
    switch (status) {
      case StepStatus::passed:
        return write(fmt::format("\n{} All {} expectations held.\n", mark(Colour::green, "✓", "+"), held_));
      case StepStatus::skipped:
        return write(fmt::format("\n{} All {} expectations held; what was skipped says why above.\n",
                                 mark(Colour::green, "✓", "+"), held_));
      case StepStatus::failed:
        return write(fmt::format("\n{} {} of {} expectations did not hold.\n", mark(Colour::red, "✗", "x"),
                                 failed_, held_ + failed_));
      case StepStatus::stopped:
        return write("\nStopped. Nothing was left behind.\n");
    }
  }

 private:
  static void write(std::string_view text) { std::cout << text << std::flush; }

  std::string mark(Colour colour, std::string_view utf8, std::string_view ascii) const {
    return terminal_.paint(colour, terminal_.utf8() ? utf8 : ascii);
  }
  std::string outcome(bool held) {
    ++(held ? held_ : failed_);
    return held ? mark(Colour::green, "✓", "+") : mark(Colour::red, "✗", "x");
  }

  /// A call that was to succeed and did is the way things go, and no achievement.
  void call(const Event& event) {
    const auto written = printable(written_call(event));
    if (event.expected == 0 && event.held) return write(fmt::format("    {}\n", written));
    const auto verdict = event.held ? ", as expected" : unexpected(event);
    write(fmt::format("  {} {}{}\n", outcome(event.held), written, verdict));
  }
  static std::string unexpected(const Event& event) {
    if (event.expected == 0) return ": it should have worked";
    return fmt::format(": it should have been refused with {}", posix::error_name(event.expected));
  }
  void expectation(const Event& event) {
    const auto detail = event.detail.empty() ? "" : ": " + printable(event.detail);
    write(sentence(outcome(event.held), printable(event.text) + detail));
  }
  /// Wrapped beside its mark.
  std::string sentence(std::string_view mark, std::string_view words) const {
    std::string text;
    for (const auto& line : posix::wrap(words, terminal_.width() - indent))
      text +=
          fmt::format("{}{}\n", text.empty() ? fmt::format("  {} ", mark) : std::string(indent, ' '), line);
    return text;
  }

  void output(const Event& event) {
    write(fmt::format("  $ {}\n", terminal_.paint(Colour::bold, printable(event.detail))));
    std::istringstream text(event.text);
    for (std::string line; std::getline(text, line);)
      write(fmt::format("    {}\n", printable(untabbed(line))));
  }

  void sample(const Event& event) {
    if (!chart_) chart_.emplace();
    write(chart_->add(event.time, event.rows, terminal_));
  }

  void end_chart() {
    if (chart_) write(chart_->finish());
    chart_.reset();
  }

  Terminal terminal_;
  std::optional<LiveChart> chart_;
  int held_ = 0;
  int failed_ = 0;
};

}  // namespace

std::unique_ptr<Presenter> text_presenter(const Terminal& terminal) {
  return std::make_unique<TextPresenter>(terminal);
}

}  // namespace kerneltour::lesson
