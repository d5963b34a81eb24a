#include "fixes/kind.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "fixes/subordinate_ids.hpp"

using namespace kerneltour::fixes;

TEST_CASE("a kind is found by the name that the journal has of it") {
  CHECK(&kind_of("subordinate-ids") == &subordinate_ids);
}

TEST_CASE("a kind that a newer version made is named, not guessed") {
  CHECK_THROWS_WITH(kind_of("subordinate"),
                    "the journal has a change of the kind 'subordinate', which this version does not know");
  CHECK_THROWS_AS(kind_of(""), std::runtime_error);
}
