#include "lesson/pressure.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <thread>

#include "posix/error.hpp"
#include "support/tree.hpp"

using namespace kerneltour::lesson;
using namespace std::chrono_literals;
using kerneltour::tests::Tree;

namespace {

std::string text(unsigned some, unsigned full) {
  return fmt::format(
      "some avg10=90.00 avg60=90.00 avg300=90.00 total={}\n"
      "full avg10=90.00 avg60=90.00 avg300=90.00 total={}\n",
      some, full);
}

}  // namespace

TEST_CASE("pressure is the change of total over the change of the clock, whatever the averages say") {
  Tree tree;
  tree.file("/cpu", text(7'000'000, 0));
  const auto began = std::chrono::steady_clock::now();
  PressureMeter meter(tree.real("/cpu"));
  std::this_thread::sleep_for(100ms);
  tree.file("/cpu", text(7'050'000, 25'000));
  const auto stalled = meter.lap();
  const auto passed = std::chrono::steady_clock::now() - began;
  CHECK(stalled.some <= 50);
  CHECK(stalled.some >= 100 * (50.0ms / passed));
  CHECK(stalled.some == doctest::Approx(2 * stalled.full));
  CHECK(meter.lap().some == 0);
}

TEST_CASE("a pressure file is opened once") {
  Tree tree;
  tree.file("/cpu", text(1, 0));
  const PressureFile file(tree.real("/cpu"));
  std::filesystem::rename(tree.real("/cpu"), tree.real("/moved"));
  tree.file("/cpu", text(2, 0));
  CHECK(file.read().some->total == 1us);
}

TEST_CASE("a pressure file that is none is an error, with its path") {
  Tree tree;
  CHECK_THROWS_AS(PressureFile(tree.real("/cpu")), kerneltour::posix::SystemError);
  tree.file("/cpu", "0.52 0.58 0.59 1/420 12345\n");
  CHECK_THROWS_WITH(PressureFile(tree.real("/cpu")).read(),
                    (tree.real("/cpu") + " does not read like pressure").c_str());
}
