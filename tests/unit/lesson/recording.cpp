#include "lesson/recording.hpp"

#include <doctest/doctest.h>

using namespace kerneltour::lesson;
using namespace std::chrono_literals;

namespace {

Event sample(std::chrono::milliseconds time, std::vector<Row> rows) {
  Event event;
  event.kind = Event::Kind::sample;
  event.time = time;
  event.rows = std::move(rows);
  return event;
}

Section section(std::string id, std::string title) { return {std::move(id), std::move(title), {}, {}, {}}; }

Recording empty() { return {"Chapter 02: CPU pressure", "Linux 6.1"}; }

/// A step with two windows, another that measures nothing, and a third.
Recording of_three_steps() {
  auto recording = empty();
  recording.step_begins(section("busy", "Busy & <idle>"));
  recording.event(sample(5000ms, {{"cpu some", 12.5, "%"}, {"load average", 1, ""}}));
  recording.event(sample(5100ms, {{"cpu some", 100, "%"}, {"load average", 1.25, ""}}));
  recording.event({.text = "a word between", .detail = {}, .rows = {}});
  recording.event(sample(6000ms, {{"cpu some", 0.25, "%"}, {"load average", 2, ""}}));
  recording.step_begins(section("words", "Words"));
  recording.event({.text = "nothing to see", .detail = {}, .rows = {}});
  recording.step_begins(section("counts", "Counts"));
  recording.event(sample(9000ms, {{"\"one\", two", 3, "requests/s"}}));
  return recording;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("samples that nothing came between are one window, and a step that measures nothing is left out") {
  const auto recording = of_three_steps();
  REQUIRE(recording.steps().size() == 2);
  const auto& busy = recording.steps()[0];
  REQUIRE(busy.windows.size() == 2);
  CHECK(busy.windows[0].moments.size() == 2);
  CHECK(busy.windows[1].number == 2);
  CHECK(busy.windows[1].moments[0].seconds == 1);
  CHECK(recording.steps()[1].id == "counts");
  CHECK(recording.steps()[1].windows[0].moments[0].seconds == 0);
}

TEST_CASE("other series are another window") {
  auto recording = empty();
  recording.step_begins(section("s", "S"));
  recording.event(sample(0ms, {{"a", 1, ""}}));
  recording.event(sample(1ms, {{"a", 1, "%"}}));
  recording.event(sample(2ms, {{"a", 1, "%"}, {"b", 1, "%"}}));
  CHECK(recording.steps()[0].windows.size() == 3);
}

TEST_CASE("a step that runs again is kept beside its first run, and its windows are counted further") {
  auto recording = empty();
  for (const auto time : {0ms, 60000ms}) {
    recording.step_begins(section("again", "Again"));
    recording.event(sample(time, {{"a", 1, ""}}));
  }
  REQUIRE(recording.steps().size() == 2);
  CHECK(recording.steps()[1].windows[0].number == 2);
  CHECK(recording.steps()[1].windows[0].moments[0].seconds == 0);
}

TEST_CASE("the table is RFC 4180's: a header, CRLF, quotes where they have to be") {
  CHECK(csv_of(of_three_steps()) ==
        "step,window,seconds,series,unit,value\r\n"
        "busy,1,0.000,cpu some,%,12.5\r\n"
        "busy,1,0.000,load average,,1\r\n"
        "busy,1,0.100,cpu some,%,100\r\n"
        "busy,1,0.100,load average,,1.25\r\n"
        "busy,2,1.000,cpu some,%,0.25\r\n"
        "busy,2,1.000,load average,,2\r\n"
        "counts,1,0.000,\"\"\"one\"\", two\",requests/s,3\r\n");
}

TEST_CASE(
    "the picture has a panel a step, a plot a unit, a line a window and a dot for one that is a moment") {
  const auto svg = svg_of(of_three_steps());
  CHECK(count(svg, "<g>") == 2);
  CHECK(count(svg, "<polyline ") == 2);
  CHECK(count(svg, "<circle ") == 3);
  CHECK(count(svg, ">seconds</text>") == 2);
  for (const auto* const words : {">%</text>", ">number</text>", ">requests/s</text>", ">100</text>",
                                  ">Measured on Linux 6.1</text>", ">window 1</text>", ">2</text>"})
    CHECK_MESSAGE(count(svg, words) >= 1, words);
}

TEST_CASE("the picture says in words what each series did") {
  const auto svg = svg_of(of_three_steps());
  CHECK(svg.find("<title id=\"title\">Chapter 02: CPU pressure</title>") != svg.npos);
  CHECK(svg.find("\nBusy &amp; &lt;idle&gt;, 1.0 seconds: cpu some from 0.25 to 100.00, on average 37.58 %; "
                 "load average from 1.00 to 2.00, on average 1.42.\n") != svg.npos);
}

TEST_CASE("what a name holds is text in the picture, and no mark-up") {
  auto recording = empty();
  recording.step_begins(section("s", "</text><script>\x01\xff"));
  recording.event(sample(0ms, {{"a\"&'", 1, "<"}}));
  const auto svg = svg_of(recording);
  CHECK(svg.find("<script") == svg.npos);
  CHECK(svg.find(">&lt;/text&gt;&lt;script&gt;?\?</text>") != svg.npos);
  CHECK(svg.find(">a&quot;&amp;'</text>") != svg.npos);
}

TEST_CASE("names that fill a line go on in the next") {
  std::vector<Row> rows;
  for (int i = 0; i < 12; ++i) rows.push_back({"a series with a long name " + std::to_string(i), 1, "%"});
  auto many = empty();
  many.step_begins(section("s", "S"));
  many.event(sample(0ms, rows));
  auto one = empty();
  one.step_begins(section("s", "S"));
  one.event(sample(0ms, {rows[0]}));
  const auto height = [](const std::string& svg) { return std::stoi(svg.substr(svg.find("height=\"") + 8)); };
  CHECK(height(svg_of(many)) == height(svg_of(one)) + 5 * 19);  // four lines of three: see line_height
}
