#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lesson/chapter_text.hpp"
#include "lesson/stop_signals.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::lesson {

/// What the reader wants next.
enum class Wish { go_on, back, quit };

/// The person at the keyboard. Input is taken by the line, so that it works over ssh, on a dumb terminal and
/// with a screen reader alike.
class Reader {
 public:
  Reader(const posix::Terminal& terminal, const StopSignals& signals, std::string_view source)
      : terminal_(terminal), signals_(signals), source_(source) {}

  /// Asks until it is Enter, b or q; answers s (all of the source) and ? itself. `what` says what Enter does.
  Wish wish(std::string_view what);
  /// Lets the reader guess; whatever the guess is, the lesson goes on. Wish::quit where they leave.
  Wish predict(const Prediction& prediction);

 private:
  /// A line without its newline; nullopt at the end of input, or where a signal came.
  std::optional<std::string> line();

  const posix::Terminal& terminal_;
  const StopSignals& signals_;
  std::string_view source_;
  std::string typed_;
};

}  // namespace kerneltour::lesson
