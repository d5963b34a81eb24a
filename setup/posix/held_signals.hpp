#pragma once

#include <signal.h>

#include <initializer_list>

namespace kerneltour::posix {

/// Holds back the signals that ask a program to end, for as long as this object lives: what is being changed
/// is changed wholly, and then the signal counts.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t asking;
    sigemptyset(&asking);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&asking, number);
    sigprocmask(SIG_BLOCK, &asking, &before_);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace kerneltour::posix
