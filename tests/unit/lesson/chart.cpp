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

TEST_CASE("bars of percentages are drawn from 0 to 100") {
  CHECK(render_bars({{"some", 50, "%"}, {"full", 25, "%"}}, Terminal(40, false, false)) ==
        "    some        50 ##########\n"
        "    full        25 #####\n");
}

TEST_CASE("without a cursor to move, samples are a table with a line a second") {
  LiveChart chart;
  const Terminal pipe(80, false, true);
  CHECK(chart.add(5000ms, {{"some", 10, "%"}, {"load average", 1, ""}}, pipe) ==
        "     seconds      some %  load average\n");
  CHECK(chart.add(5500ms, {{"some", 20, "%"}, {"load average", 1, ""}}, pipe).empty());
  CHECK(chart.add(6000ms, {{"some", 30, "%"}, {"load average", 2.5, ""}}, pipe) ==
        "        1.00          20          2.50\n");
  CHECK(chart.finish().empty());
}

TEST_CASE("the end of a table tells what no line has told") {
  LiveChart chart;
  const Terminal pipe(80, false, true);
  chart.add(0ms, {{"some", 10, "%"}}, pipe);
  chart.add(1000ms, {{"some", 10, "%"}}, pipe);
  chart.add(1100ms, {{"some", 50, "%"}}, pipe);
  CHECK(chart.finish() == "        1.10          50\n");
}

TEST_CASE("on a terminal the rows are drawn again in their place") {
  LiveChart chart;
  const Terminal terminal(60, false, true, true);
  CHECK(chart.add(0ms, {{"a", 0}, {"b", 2}}, terminal).find("\033[2A") == std::string::npos);
  const auto second = chart.add(100ms, {{"a", 8}, {"b", 1}}, terminal);
  CHECK(second.find("\033[2A") == 0);
  CHECK(second.find("▁█") != std::string::npos);
  CHECK(second.find("█▅") != std::string::npos);
  CHECK(chart.finish().empty());
}

TEST_CASE("a percentage is drawn between 0 and 100, whatever the largest is") {
  LiveChart chart;
  const Terminal terminal(60, false, true, true);
  chart.add(0ms, {{"some", 0, "%"}}, terminal);
  CHECK(chart.add(100ms, {{"some", 50, "%"}}, terminal).find("▁▅") != std::string::npos);
}
