#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "lesson/step.hpp"

namespace kerneltour::lesson {

/// Something that a running step tells.
struct Event {
  enum class Kind {
    note,  ///< text
    call,  ///< text = result, with errno `error` where it failed, which was to be `expected` (0: success)
    expectation,  ///< text, whether it `held`, and in `detail` what was measured
    output,       ///< text is what the command in `detail` printed
    bars,         ///< rows below the title in `text`
    sample,       ///< rows of one moment, `time`
    skipped,      ///< text is missing, and `detail` gets it
  };

  Kind kind = Kind::note;
  std::string text;
  std::string detail;
  long result = 0;
  int error = 0;
  int expected = 0;
  bool held = true;                   ///< for call: it answered as expected
  std::chrono::milliseconds time{0};  ///< by the monotonic clock
  std::vector<Row> rows;
};

/// "note"
std::string_view name_of(Event::Kind kind);

/// `bind(4, 127.0.0.1:8017) = -1 EADDRINUSE (Address already in use)`
std::string written_call(const Event& event);

/// One line, without a newline, for the pipe from the step's process; and back. from_line() throws
/// std::runtime_error on what is none.
std::string to_line(const Event& event);
Event from_line(std::string_view line);

}  // namespace kerneltour::lesson
