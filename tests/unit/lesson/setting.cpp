#include "lesson/setting.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace kerneltour::lesson;

namespace {

constexpr Setting settings[] = {{"concurrency", "How many connections at once.", 1, 300}};

}  // namespace

TEST_CASE("what the reader chose is had by its name") {
  CHECK(!chosen("concurrency"));
  take_setting("concurrency=300", settings);
  CHECK(chosen("concurrency") == 300);
  CHECK(!chosen("time"));
}

TEST_CASE("a number that the chapter does not take is refused in words") {
  CHECK_THROWS_WITH(take_setting("time=3", settings),
                    "--set: this chapter has no 'time' to choose; --help says what there is");
  for (const auto* given : {"concurrency", "concurrency=", "concurrency=0", "concurrency=301",
                            "concurrency=-1", "concurrency=3x", "concurrency=99999999999"})
    CHECK_THROWS_AS(take_setting(given, settings), std::invalid_argument);
  CHECK_THROWS_AS(take_setting("concurrency=1", {}), std::invalid_argument);
}

TEST_CASE("help names the settings and their numbers") {
  CHECK(settings_help(settings) == "  --set concurrency=1..300\n      How many connections at once.\n");
  CHECK(settings_help({}).empty());
}
