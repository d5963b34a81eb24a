#include "host/pressure.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace kerneltour::host;
using namespace std::string_view_literals;
using namespace std::chrono_literals;

TEST_CASE("a pressure file gives both lines, averages in percent and the total in microseconds") {
  const auto pressure = parse_pressure(
      "some avg10=9.60 avg60=3.15 avg300=0.78 total=5632399\n"
      "full avg10=100.00 avg60=3.10 avg300=0.77 total=5347053\n");
  REQUIRE(pressure);
  REQUIRE(pressure->some);
  REQUIRE(pressure->full);
  CHECK(pressure->some->avg10 == doctest::Approx(9.60));
  CHECK(pressure->some->avg60 == doctest::Approx(3.15));
  CHECK(pressure->some->avg300 == doctest::Approx(0.78));
  CHECK(pressure->some->total == 5632399us);
  CHECK(pressure->full->avg10 == doctest::Approx(100));
}

TEST_CASE("cpu pressure before Linux 5.13 has no full line, and irq pressure no some line") {
  const auto cpu = parse_pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
  REQUIRE(cpu);
  CHECK(cpu->some);
  CHECK_FALSE(cpu->full);
  const auto irq = parse_pressure("full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
  REQUIRE(irq);
  CHECK_FALSE(irq->some);
  CHECK(irq->full);
}

TEST_CASE("values and lines that a later kernel adds are passed over") {
  const auto pressure = parse_pressure(
      "peak avg10=1\n"
      "some avg10=1.00 avg60=2.00 avg300=3.00 avg900=4.00 total=5\n");
  REQUIRE(pressure);
  CHECK(pressure->some->total == 5us);
}

TEST_CASE("the largest total that a clock of microseconds holds is kept, and a larger one refused") {
  const std::string line = "some avg10=0.00 avg60=0.00 avg300=0.00 total=";
  const auto largest = parse_pressure(line + "9223372036854775807\n");
  REQUIRE(largest);
  CHECK(largest->some->total == std::chrono::microseconds::max());
  CHECK_FALSE(parse_pressure(line + "9223372036854775808\n"));
  CHECK_FALSE(parse_pressure(line + "99999999999999999999999\n"));
}

TEST_CASE("one line that does not parse spoils the file") {
  const std::string good = "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
  REQUIRE(parse_pressure(good));
  for (const std::string_view bad :
       {"full\n"sv, "full avg10=0.00 avg60=0.00 avg300=0.00\n"sv,
        "full avg10=nan avg60=0 avg300=0 total=0\n"sv, "full avg10=inf avg60=0 avg300=0 total=0\n"sv,
        "full avg10=-1 avg60=0 avg300=0 total=0\n"sv, "full avg10=100.01 avg60=0 avg300=0 total=0\n"sv,
        "full avg10=1e3 avg60=0 avg300=0 total=0\n"sv, "full avg10=1.2.3 avg60=0 avg300=0 total=0\n"sv,
        "full avg10= avg60=0 avg300=0 total=0\n"sv, "full avg10=0 avg60=0 avg300=0 total=-1\n"sv,
        "full avg10=0\0 avg60=0 avg300=0 total=0\n"sv})
    CHECK_FALSE(parse_pressure(good + std::string(bad)));
}

TEST_CASE("text that is no pressure file gives nothing") {
  for (const std::string_view text : {""sv, "\n\n"sv, "psi=1"sv, "\0\xff\xfe"sv, "someavg10=0.00"sv})
    CHECK_FALSE(parse_pressure(text));
}

TEST_CASE("an average with more digits than any kernel prints does not break the parser") {
  const auto pressure =
      parse_pressure("some avg10=" + std::string(5000, '9') + " avg60=0 avg300=0 total=0\n");
  CHECK_FALSE(pressure);
}
