#include "lesson/counter.hpp"

#include <doctest/doctest.h>

#include "lesson/process.hpp"

using namespace kerneltour::lesson;

TEST_CASE("what a process counts, the step can read") {
  const Counter counter;
  CHECK(counter.value() == 0);
  Process process([&](Channel& parent) {
    for (int i = 0; i < 1000; ++i) counter.add();
    parent.say("counted");
    parent.hear();
  });
  process.hear();
  CHECK(counter.value() == 1000);
  counter.add();
  CHECK(counter.value() == 1001);
}
