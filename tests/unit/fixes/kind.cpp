#include "fixes/kind.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "fixes/subordinate_ids.hpp"
#include "fixes/user_manager.hpp"

using namespace kerneltour::fixes;

TEST_CASE("a kind is found by the name that the journal has of it") {
  for (const auto* kind : {&subordinate_ids, &user_manager, &cgroup_delegation})
    CHECK(&kind_of(kind->name) == kind);
}

TEST_CASE("files that nobody else writes need no lock") {
  CHECK_FALSE(lock_of(user_manager, {}));
  CHECK_FALSE(lock_of(cgroup_delegation, {}));
}

TEST_CASE("a kind that a newer version made is named, not guessed") {
  CHECK_THROWS_WITH(kind_of("subordinate"),
                    "the journal has a change of the kind 'subordinate', which this version does not know");
  CHECK_THROWS_AS(kind_of(""), std::runtime_error);
}
