#include "fixes/change.hpp"

#include <doctest/doctest.h>

using namespace kerneltour::fixes;

TEST_CASE("a change's name has its number in four digits, so that names sort as numbers do") {
  Change change;
  change.number = 7;
  change.kind = "subordinate-ids";
  CHECK(id_of(change) == "0007-subordinate-ids");
  change.number = 12345;
  CHECK(id_of(change) == "12345-subordinate-ids");
}

TEST_CASE("each stage has its word") {
  CHECK(name_of(Stage::begun) == "begun");
  CHECK(name_of(Stage::made) == "made");
  CHECK(name_of(Stage::undoing) == "undoing");
  CHECK(name_of(Stage::undone) == "undone");
}
