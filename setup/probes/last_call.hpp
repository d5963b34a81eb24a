#pragma once

#include <string>
#include <string_view>

#include "probes/probe.hpp"

namespace kerneltour::probes {

/// The last system call that a probe made, and what the kernel said to it: what the probe's outcome is about.
/// Its functions return whether the probe may go on, so that calls are joined with &&.
class LastCall {
 public:
  /// `call` is how one would write it; `returned` what it returned: errno(3) counts where that is negative.
  bool made(std::string_view call, long returned);
  /// `call` succeeded, and what came of it is as the feature promises, or is not.
  bool gave(std::string_view call, bool as_promised);
  /// Writes `text` to the file `path`, in one write(2).
  bool wrote(const char* path, std::string_view text);

  Outcome outcome() const { return outcome_; }

 private:
  Outcome outcome_;
};

}  // namespace kerneltour::probes
