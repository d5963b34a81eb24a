#include "lesson/event.hpp"

#include <doctest/doctest.h>

#include <cerrno>

using kerneltour::lesson::Event;
using kerneltour::lesson::from_line;
using kerneltour::lesson::to_line;
using kerneltour::lesson::written_call;

TEST_CASE("an event survives the pipe") {
  const Event event{.kind = Event::Kind::call,
                    .text = "bind(4,\n\"x\")",
                    .detail = "d",
                    .result = -1,
                    .error = EADDRINUSE,
                    .expected = EACCES,
                    .held = false,
                    .rows = {{"worker 1", 2.5}}};
  const auto line = to_line(event);
  CHECK(line.find('\n') == std::string::npos);
  const auto back = from_line(line);
  CHECK(back.kind == event.kind);
  CHECK(back.text == event.text);
  CHECK(back.detail == event.detail);
  CHECK(back.result == event.result);
  CHECK(back.error == event.error);
  CHECK(back.expected == event.expected);
  CHECK(back.held == event.held);
  REQUIRE(back.rows.size() == 1);
  CHECK(back.rows[0].label == "worker 1");
  CHECK(back.rows[0].value == 2.5);
}

TEST_CASE("what a program printed may be no UTF-8") {
  CHECK_NOTHROW(from_line(to_line({.text = "\xff\xfe", .detail = {}, .rows = {}})));
}

TEST_CASE("a call is written with what it returned") {
  CHECK(written_call({.text = "socket()", .detail = {}, .result = 3, .rows = {}}) == "socket() = 3");
  CHECK(written_call({.text = "bind(4, x)", .detail = {}, .result = -1, .error = EADDRINUSE, .rows = {}}) ==
        "bind(4, x) = -1 EADDRINUSE (Address already in use)");
}
