#include "lesson/process.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <stdexcept>

using namespace kerneltour::lesson;
using namespace std::chrono_literals;

TEST_CASE("a step and its process talk in lines") {
  Process process([](Channel& parent) {
    parent.say("ready");
    parent.say("heard " + parent.hear());
  });
  CHECK(process.hear() == "ready");
  process.say("hello");
  CHECK(process.hear() == "heard hello");
  CHECK_THROWS_AS(process.hear(), std::runtime_error);
}

TEST_CASE("silence is an error in time") {
  Process process([](Channel&) { pause(); });
  CHECK_THROWS_WITH(process.hear(20ms), "the other process said nothing in time");
}

TEST_CASE("a process is gone with its object") {
  pid_t pid = 0;
  {
    const Process process([](Channel&) { pause(); });
    pid = process.pid();
    CHECK(kill(pid, 0) == 0);
  }
  CHECK(kill(pid, 0) != 0);
}

TEST_CASE("a program's output and status are had without a shell") {
  const auto ran = run_program({"/bin/echo", "$HOME; x"});
  CHECK(ran.status == 0);
  CHECK(ran.output == "$HOME; x\n");
  CHECK(run_program({"/bin/false"}).status == 1);
  CHECK(run_program({"/nonexistent"}).status == 127);
  CHECK(run_program({"/bin/sleep", "10"}, 50ms).status == 128 + SIGKILL);
}
