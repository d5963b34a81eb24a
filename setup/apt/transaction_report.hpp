#pragma once

#include <string>
#include <string_view>

#include "apt/observer.hpp"

namespace kerneltour::apt {

/// Lines of ours beside those of libapt-pkg's status descriptor (APT::Status-Fd, README.progress-reporting).
inline constexpr std::string_view report_waiting = "waiting";
inline constexpr std::string_view report_error = "error";

/// What the process that runs dpkg says through a pipe, a line each: "pmstatus:PACKAGE:PERCENT:WORDS",
/// "pmerror:PACKAGE:PERCENT:WORDS", "waiting:WORDS", "error:WORDS". Other lines are passed over.
class TransactionReport {
 public:
  explicit TransactionReport(Observer& observer) : observer_(observer) {}

  /// The next bytes; an observer is told of each line that is complete.
  void take(std::string_view bytes);

  /// Why it failed: what dpkg said of packages, and what libapt-pkg said of it; empty where nobody
  /// complained.
  std::string failure() const;

 private:
  void take_line(std::string_view line);
  void take_progress(std::string_view rest);
  void take_error(std::string_view rest);

  Observer& observer_;
  std::string rest_;
  std::string packages_;  ///< what failed of packages
  std::string reason_;
};

}  // namespace kerneltour::apt
