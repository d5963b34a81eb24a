#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "host/pressure.hpp"
#include "posix/fd.hpp"

namespace kerneltour::lesson {

/// A pressure file kept open (Documentation/accounting/psi.rst): each reading is one pread(2) from its
/// beginning, and no path is looked up again.
class PressureFile {
 public:
  /// Throws posix::SystemError where it cannot be opened.
  explicit PressureFile(const std::string& path);

  /// What it says now. Throws posix::SystemError, and std::runtime_error where the text is no pressure.
  host::Pressure read() const;

 private:
  std::string path_;
  posix::Fd file_;
};

/// The shares of a time in which tasks waited, in percent.
struct Stalled {
  double some = 0;  ///< at least one of them
  double full = 0;  ///< all of them at once
};

/// Pressure between two moments, exact: the change of `total` over the change of the monotonic clock. The
/// averages in the file are brought up to date each 2 s only.
class PressureMeter {
 public:
  /// Measures from now on. Throws as PressureFile does.
  explicit PressureMeter(const std::string& path);

  /// Since the last lap, or since the beginning.
  Stalled lap();

 private:
  struct Moment {
    std::chrono::steady_clock::time_point time;
    host::Pressure pressure;
  };
  Moment now() const { return {std::chrono::steady_clock::now(), file_.read()}; }

  PressureFile file_;
  Moment last_;
};

/// Whether a control group's cpu pressure counts the waits for tasks outside of it, too: since Linux 5.7
/// (commit b05e75d61138). Before, two tasks of the same group had to be in each other's way.
bool group_counts_all_waits();

}  // namespace kerneltour::lesson
