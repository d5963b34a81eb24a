#pragma once

#include <string>
#include <vector>

namespace kerneltour::posix {

/// How a program ended.
struct Ended {
  int status = 0;      ///< its exit status; 128 and the signal's number where a signal ended it
  std::string output;  ///< standard output and error, at most 64 KiB

  /// Why it failed, in one line: the last one that it wrote, else its status.
  std::string complaint() const;
};

/// Runs a program, its path and its arguments, to its end: without input, with an environment that holds PATH
/// and a locale alone, and with no signal blocked. Throws SystemError where it cannot be started.
Ended run_program(const std::vector<std::string>& words);

/// The same, where it has to succeed: throws std::runtime_error with the program's words where it does not.
void have_run(const std::vector<std::string>& words);

}  // namespace kerneltour::posix
