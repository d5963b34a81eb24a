#include "posix/program.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include "posix/error.hpp"
#include "posix/held_signals.hpp"

using namespace kerneltour::posix;

namespace {

Ended shell(const std::string& script) { return run_program({"/bin/sh", "-c", script}); }

}  // namespace

TEST_CASE("a program's status and all that it wrote are known when it has ended") {
  const auto ended = shell("echo out; echo err >&2; exit 3");
  CHECK(ended.status == 3);
  CHECK(ended.output == "out\nerr\n");
  CHECK(shell("kill -TERM $$").status == 128 + 15);
}

TEST_CASE("why it failed is its last line, else its status") {
  CHECK(shell("echo first; echo last; exit 1").complaint() == "last");
  CHECK(shell("exit 7").complaint() == "exit status 7");
}

TEST_CASE("a program has no input and none of our environment") {
  setenv("KERNELTOUR_TEST", "ours", 1);
  const auto ended = shell("cat; echo \"[$KERNELTOUR_TEST]\"");
  unsetenv("KERNELTOUR_TEST");
  CHECK(ended.output == "[]\n");
}

TEST_CASE("signals that are held back here reach the program") {
  const HeldSignals held;
  CHECK(shell("kill -INT $$; exit 0").status == 128 + 2);
}

TEST_CASE("a program that is not there is an error that names it") {
  CHECK_THROWS_WITH(run_program({"/none"}), "cannot run /none: No such file or directory");
}

TEST_CASE("of a program that writes without end the beginning is kept, and it ends") {
  const auto ended = shell("head -c 300000 /dev/zero");
  CHECK(ended.status == 0);
  CHECK(ended.output.size() < 100000);
}
