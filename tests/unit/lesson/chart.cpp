#include "lesson/chart.hpp"

#include <doctest/doctest.h>

using namespace kerneltour::lesson;
using kerneltour::posix::Terminal;
using namespace std::chrono_literals;

TEST_CASE("bars are to one scale, within the width, and zero has none") {
  const auto text = render_bars({{"worker 1", 100}, {"w2", 50}, {"w3", 0}}, Terminal(44, false, false));
  CHECK(text ==
        "    worker 1       100 ####################\n"
        "    w2              50 ##########\n"
        "    w3               0\n");
}

TEST_CASE("without a cursor to move, samples are a table with a line each") {
  LiveChart chart;
  const Terminal pipe(80, false, true);
  const auto first = chart.add(0ms, "connections", {{"a", 1}, {"b", 2.5}}, pipe);
  CHECK(first ==
        "     seconds           a           b  (connections)\n"
        "        0.00           1        2.50\n");
  CHECK(chart.add(1500ms, "connections", {{"a", 3}, {"b", 4}}, pipe) ==
        "        1.50           3           4\n");
}

TEST_CASE("on a terminal the rows are drawn again in their place") {
  LiveChart chart;
  const Terminal terminal(60, false, true, true);
  CHECK(chart.add(0ms, "x", {{"a", 0}, {"b", 2}}, terminal).find("\033[2A") == std::string::npos);
  const auto second = chart.add(100ms, "x", {{"a", 8}, {"b", 1}}, terminal);
  CHECK(second.find("\033[2A") == 0);
  CHECK(second.find("▁█") != std::string::npos);
  CHECK(second.find("█▅") != std::string::npos);
}
