#include "lesson/stop_signals.hpp"

#include <errno.h>
#include <poll.h>

namespace kerneltour::lesson {
namespace {

constexpr int stopping[] = {SIGINT, SIGTERM, SIGHUP};

volatile sig_atomic_t received_signal = 0;

void note(int signal) { received_signal = signal; }

}  // namespace

StopSignals::StopSignals() {
  received_signal = 0;
  sigset_t blocked;
  sigemptyset(&blocked);
  struct sigaction action {};
  action.sa_handler = note;
  for (const int signal : stopping) {
    sigaddset(&blocked, signal);
    sigaction(signal, &action, nullptr);
  }
  sigprocmask(SIG_BLOCK, &blocked, &before_);
}

StopSignals::~StopSignals() { restore(); }

int StopSignals::received() const { return received_signal; }

bool StopSignals::wait_for(int descriptor) const {
  pollfd ready{descriptor, POLLIN, 0};
  // ppoll(2) lets a signal in only where it has to wait: a step that never pauses could not be stopped.
  const timespec at_once{};
  ppoll(nullptr, 0, &at_once, &before_);
  while (received_signal == 0) {
    const int events = ppoll(&ready, 1, nullptr, &before_);
    if (events > 0) return true;
    if (events < 0 && errno != EINTR) return true;  // reading says what is wrong
  }
  return false;
}

void StopSignals::restore() const {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (const int signal : stopping) sigaction(signal, &action, nullptr);
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace kerneltour::lesson
