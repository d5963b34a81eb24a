#include "chapters/catalogue.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace kerneltour::chapters;

TEST_CASE("every chapter's header parses, and its folder begins with its number") {
  REQUIRE(catalogue().size() == embedded_headers.size());
  unsigned expected = 0;
  for (const auto& chapter : catalogue()) {
    CHECK(chapter.number == expected++);
    CHECK(chapter.id.substr(0, 3) == fmt::format("{:02}-", chapter.number));
    CHECK_FALSE(chapter.part.empty());
  }
}

TEST_CASE("a chapter is found by its number, with or without the zero, and by its id") {
  REQUIRE(find("2") != nullptr);
  CHECK(find("2")->id == "02-cpu-pressure");
  CHECK(find("02") == find("2"));
  CHECK(find("02-cpu-pressure") == find("2"));
}

TEST_CASE("what names no chapter finds none") {
  for (const auto* name : {"", "99", "-1", "2x", "cpu-pressure", "02-cpu", "psi"})
    CHECK(find(name) == nullptr);
}
