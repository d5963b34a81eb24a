#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::lesson {

/// One row of a chart: what one of several workers got, or what a series is at a moment.
struct Row {
  std::string label;  ///< "worker 1"
  double value = 0;
  std::string unit = {};  ///< "%", which is drawn from 0 to 100; empty for a number
};

class Reporter;

/// What a step tells the reader while it runs. Every word goes to the process that shows the lesson; a step
/// writes nothing to the terminal itself.
///
/// A step begins with nothing and leaves nothing: it runs in a process of its own, which is gone when it
/// returns, and with it all that it opened, forked or unshared. So a reader can start anywhere, and go back.
class Step {
 public:
  explicit Step(Reporter& reporter) : reporter_(reporter) {}

  /// A sentence between calls.
  template <typename... Args>
  void note(fmt::format_string<Args...> text, Args&&... args) {
    tell_note(fmt::format(text, std::forward<Args>(args)...));
  }

  /// Shows a call that has just been made, as one would write it, with what it returned. A negative `result`
  /// is a failure with the present errno: the step cannot go on, and ends here as failed.
  template <typename... Args>
  int works(long result, fmt::format_string<Args...> call, Args&&... args) {
    const int error = errno;
    return tell_works(result, error, fmt::format(call, std::forward<Args>(args)...));
  }

  /// Shows a call that the kernel has to refuse with `expected`. Another answer fails the step, which goes
  /// on.
  template <typename... Args>
  void refused(int expected, long result, fmt::format_string<Args...> call, Args&&... args) {
    const int error = errno;
    tell_refused(expected, result, error, fmt::format(call, std::forward<Args>(args)...));
  }

  /// What the kernel guarantees, and whether it held: "the second listener answers". `measured` is what was
  /// seen in this run: "both got 500 of 1000".
  void expect(bool held, std::string_view sentence, std::string_view measured = {});

  /// What a program printed, word for word, below the command that a reader would type.
  void output(std::string_view command, std::string_view text);

  /// A distribution as bars, once.
  void bars(std::string_view title, const std::vector<Row>& rows);

  /// Values of this moment in a live chart, a row a series: on a terminal they move in place, elsewhere they
  /// become lines of a table, one a second. A chart lasts until the step tells something else; its samples
  /// have the same rows.
  void sample(const std::vector<Row>& rows);

  /// Ends the step as skipped: what is missing, and the command that gets it.
  [[noreturn]] void skip(std::string_view missing, std::string_view remedy);

 private:
  void tell_note(const std::string& text);
  int tell_works(long result, int error, const std::string& call);
  void tell_refused(int expected, long result, int error, const std::string& call);

  Reporter& reporter_;
};

}  // namespace kerneltour::lesson
