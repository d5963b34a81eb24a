#include "posix/held_signals.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace kerneltour::posix;

namespace {

std::vector<int> arrived;

/// Takes note of a signal for the length of a test.
class Noted {
 public:
  explicit Noted(int number) : number_(number) {
    arrived.reserve(8);
    before_ = signal(number, [](int which) { arrived.push_back(which); });
  }
  Noted(const Noted&) = delete;
  Noted& operator=(const Noted&) = delete;
  ~Noted() { signal(number_, before_); }

 private:
  int number_;
  sighandler_t before_;
};

bool is_blocked(int number) {
  sigset_t mask;
  sigprocmask(SIG_BLOCK, nullptr, &mask);
  return sigismember(&mask, number) == 1;
}

}  // namespace

TEST_CASE("a signal that asks to end counts when the work is done") {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    CAPTURE(number);
    arrived.clear();
    const Noted noted(number);
    {
      const HeldSignals held;
      raise(number);
      CHECK(arrived.empty());
    }
    CHECK(arrived == std::vector{number});
  }
}

TEST_CASE("other signals are not held back") {
  arrived.clear();
  const Noted noted(SIGUSR1);
  const HeldSignals held;
  raise(SIGUSR1);
  CHECK(arrived == std::vector{SIGUSR1});
}

TEST_CASE("signals that were held back before stay so") {
  const HeldSignals outer;
  { const HeldSignals inner; }
  CHECK(is_blocked(SIGTERM));
}
