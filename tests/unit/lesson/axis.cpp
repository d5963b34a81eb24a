#include "lesson/axis.hpp"

#include <doctest/doctest.h>

using kerneltour::lesson::Axis;

namespace {

std::string labels(const Axis& axis) {
  std::string text;
  for (const double tick : axis.ticks()) text += (text.empty() ? "" : " ") + axis.label(tick);
  return text;
}

}  // namespace

TEST_CASE("ticks are at round numbers, with as many decimals as they need") {
  CHECK(labels(Axis::around(0, 100, 5)) == "0 20 40 60 80 100");
  CHECK(labels(Axis::around(0, 1.7, 5)) == "0.0 0.5 1.0 1.5 2.0");
  CHECK(labels(Axis::around(0, 0.03, 5)) == "0.00 0.01 0.02 0.03");
  CHECK(labels(Axis::around(0, 43210, 5)) == "0 10000 20000 30000 40000 50000");
  CHECK(labels(Axis::around(-3, 4, 5)) == "-4 -2 0 2 4");
  CHECK(labels(Axis::around(0, 5e8, 5)) == "0 1e+08 2e+08 3e+08 4e+08 5e+08");
}

TEST_CASE("an axis that ends where its values end has ticks up to there") {
  CHECK(labels(Axis::exactly(0, 4.93, 10)) == "0.0 0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5");
  CHECK(labels(Axis::exactly(0, 0.3, 3)) == "0.0 0.1 0.2 0.3");
  CHECK(Axis::exactly(0, 4.93, 10).share(4.93) == 1);
}

TEST_CASE("one that is no length becomes 1") {
  CHECK(Axis::exactly(0, 0, 10).top == 1);
  CHECK(labels(Axis::around(0, 0, 2)) == "0.0 0.5 1.0");
}

TEST_CASE("a share that is above 100 % by the error of clocks is 100 %") {
  CHECK(labels(Axis::around(0, 100.2, 5)) == "0 20 40 60 80 100");
  CHECK(Axis::around(0, 103, 5).top > 103);
}
