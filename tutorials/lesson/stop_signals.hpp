#pragma once

#include <signal.h>

namespace kerneltour::lesson {

/// SIGINT, SIGTERM and SIGHUP, noticed instead of deadly while this object lives. They are blocked except
/// while wait_for() waits, so that none comes between.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// The signal that came; 0 while none has.
  int received() const;

  /// Waits until the descriptor can be read (true) or one of the signals came (false).
  bool wait_for(int descriptor) const;

  /// In a child: as if this object had never been.
  void restore() const;

 private:
  sigset_t before_{};
};

}  // namespace kerneltour::lesson
