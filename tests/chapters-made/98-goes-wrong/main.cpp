// A chapter for the tests: each step goes wrong in its own way.

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include "lesson/leftovers.hpp"
#include "lesson/lesson.hpp"

using kerneltour::lesson::Step;

namespace {

void holds(Step& step) { step.expect(true, "one is one", "1"); }

void wrong_answer(Step& step) {
  const int file = open("/nonexistent", O_RDONLY);
  step.refused(EACCES, file, "open(/nonexistent)");
}

void not_held(Step& step) { step.expect(false, "one is two", "1"); }

void throws(Step&) { throw std::runtime_error("thrown for the test"); }

void crashes(Step&) { raise(SIGSEGV); }

void leaves_processes(Step& step) {
  for (const bool in_a_session : {false, true}) {
    if (fork() != 0) continue;
    if (in_a_session) setsid();
    for (;;) pause();
  }
  step.expect(true, "the step's function ends before its children", "2");
}

void skips(Step& step) { step.skip("a thing for the test", "apt-get install thing"); }

void waits(Step& step) {
  const kerneltour::lesson::TemporaryDirectory directory;
  step.note("made {}", directory.path());
  for (;;) pause();
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"holds", holds},       {"wrong-answer", wrong_answer},
      {"not-held", not_held}, {"throws", throws},
      {"crashes", crashes},   {"leaves-processes", leaves_processes},
      {"skips", skips},       {"waits", waits},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
