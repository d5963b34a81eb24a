#include "host/id_ranges.hpp"

#include <doctest/doctest.h>

#include "support/debian.hpp"

using namespace kerneltour::host;
using kerneltour::test::debian_with_ranges;

namespace {

/// What is wrong with ann's range of this start and length, for users.
std::string problem(const std::string& subuid, std::uint64_t start, std::uint64_t count) {
  const auto facts = debian_with_ranges(subuid, "");
  return IdSide::users(facts).problem_of({"ann", start, count, 1}, "ann", 1000);
}

}  // namespace

TEST_CASE("a range is a user's by name, or by the user's number as it is written") {
  CHECK(belongs_to({"ann", 1, 1, 1}, "ann", 1000));
  CHECK(belongs_to({"1000", 1, 1, 1}, "ann", 1000));
  CHECK_FALSE(belongs_to({"bob", 1, 1, 1}, "ann", 1000));
  CHECK_FALSE(belongs_to({"1001", 1, 1, 1}, "ann", 1000));
  CHECK_FALSE(belongs_to({"01000", 1, 1, 1}, "ann", 1000));
}

TEST_CASE("a user's ranges stand in the file's order, under name and number") {
  const auto facts = debian_with_ranges("ann:300000:1\nbob:200000:1\n1000:100000:1\n", "ann:7:7\n");
  const auto own = IdSide::users(facts).ranges_of("ann", 1000);
  REQUIRE(own.size() == 2);
  CHECK(own[0].start == 300000);
  CHECK(own[1].start == 100000);
  CHECK(IdSide::groups(facts).ranges_of("ann", 1000).size() == 1);
}

TEST_CASE("an overlap is seen from whichever side it reaches in, by a single ID") {
  CHECK(problem("ann:100000:1000\nbob:100999:1\n", 100000, 1000) ==
        "overlaps 100999:1, which bob has in line 2");
  CHECK(problem("bob:99000:1001\nann:100000:1000\n", 100000, 1000) ==
        "overlaps 99000:1001, which bob has in line 1");
  CHECK(problem("ann:100000:1000\nbob:101000:1\ncarol:99999:1\n", 100000, 1000).empty());
}

TEST_CASE("the same problem on both sides is one in words, another owner's, line or account is not") {
  const auto facts = debian_with_ranges("bob:70000:60000\nann:100000:1\nroot:0:1\n",
                                        "bob:70000:60000\nann:100000:1\nbob:200000:1\nbob:0:9\n");
  const auto users = IdSide::users(facts);
  const auto groups = IdSide::groups(facts);
  const auto of = [](const IdSide& side, std::uint64_t start) {
    return side.find_problem({"carol", start, 1, 1}, "carol", 1002);
  };
  CHECK(of(users, 100000) == of(groups, 100000));
  CHECK(of(users, 100000).words() == "overlaps 70000:60000, which bob has in line 1");
  CHECK_FALSE(of(users, 0) == of(groups, 0));
  CHECK_FALSE(of(users, 200000) == of(groups, 200000));
  CHECK_FALSE(of(users, 200000));
  CHECK(of(users, 200000).words().empty());
  CHECK(of(users, 65534).words() == "includes 65534, which is the real ID of nobody");
  CHECK(of(groups, 65534).words() == "includes 65534, which is the real ID of nogroup");
  CHECK_FALSE(of(users, 65534) == of(groups, 65534));
}

TEST_CASE("a range that reaches over many others is seen behind all of them") {
  CHECK(problem("bob:70000:900000\ncarol:80000:1\ndave:90000:1\n1001:95000:1\nann:100000:1000\n", 100000,
                1000) == "overlaps 70000:900000, which bob has in line 1");
}

TEST_CASE("another's overlap is seen behind farther ranges under the user's name and number") {
  CHECK(problem("bob:70000:60000\nann:71000:800000\n1000:72000:900000\nann:73000:700000\n", 100000, 1000) ==
        "overlaps 70000:60000, which bob has in line 1");
  CHECK(problem("1000:70000:900000\nann:71000:800000\nbob:72000:60000\ncarol:73000:1\n", 100000, 1000) ==
        "overlaps 72000:60000, which bob has in line 3");
}

TEST_CASE("of several ranges of one owner the one that reaches in is seen") {
  CHECK(problem("bob:70000:60000\nbob:80000:10\ncarol:81000:5\nbob:82000:1\n", 100000, 1000) ==
        "overlaps 70000:60000, which bob has in line 1");
  CHECK(problem("bob:70000:10\nbob:80000:60000\ncarol:81000:5\n", 100000, 1000) ==
        "overlaps 80000:60000, which bob has in line 2");
  CHECK(problem("carol:70000:10\nbob:80000:60000\n", 100000, 1000) ==
        "overlaps 80000:60000, which bob has in line 2");
  // Each pushes the others down, and none is lost.
  CHECK(problem("bob:70000:40000\nann:71000:41000\n1000:72000:42000\nann:73000:43000\n1000:74000:44000\n",
                100000, 1000) == "overlaps 70000:40000, which bob has in line 1");
}

TEST_CASE("a user's own ranges may overlap") {
  CHECK(problem("ann:100000:1000\nann:100500:1000\n1000:100700:5\n", 100000, 1000).empty());
}

TEST_CASE("users' real IDs count for users, and groups' for groups") {
  auto facts = debian_with_ranges("", "");
  facts.users = {{"root", 0, 0}, {"bob", 100000, 5}};
  facts.groups = {{"staff", 100999}};
  const SubordinateRange range{"ann", 100000, 1000, 1};
  CHECK(IdSide::users(facts).problem_of(range, "ann", 1000) ==
        "includes 100000, which is the real ID of bob");
  CHECK(IdSide::groups(facts).problem_of(range, "ann", 1000) ==
        "includes 100999, which is the real ID of staff");
  CHECK(IdSide::users(facts).problem_of({"ann", 100001, 1000, 1}, "ann", 1000).empty());
  CHECK(IdSide::groups(facts).problem_of({"ann", 100000, 999, 1}, "ann", 1000).empty());
}

TEST_CASE("to IDs that are nobody's yet every owner is an obstacle") {
  const auto facts = debian_with_ranges("ann:100000:65536\n4294967295:300000:1\n", "");
  const auto users = IdSide::users(facts);
  CHECK(users.obstacle_to({165535, 10}) == "overlaps 100000:65536, which ann has in line 1");
  CHECK(users.obstacle_to({65000, 1000}) == "includes 65534, which is the real ID of nobody");
  CHECK(users.obstacle_to({165536, 10}).empty());
}

TEST_CASE("a free range is the first gap that is large enough, which may fit exactly") {
  const auto facts = debian_with_ranges("a:100000:1000\nb:101500:500\n", "c:102499:1\n");
  CHECK(free_range(facts, 500) == IdRange{101000, 500});
  CHECK(free_range(facts, 499) == IdRange{101000, 499});
  CHECK(free_range(facts, 501) == IdRange{102500, 501});
}

TEST_CASE("a free range begins behind what reaches farthest, not behind what begins last") {
  const auto facts = debian_with_ranges("a:100000:50000\nb:110000:10\n", "");
  CHECK(free_range(facts, 10) == IdRange{150000, 10});
}

TEST_CASE("a free range lies within the limits of both sides") {
  auto facts = debian_with_ranges("", "");
  facts.subuid.defaults = {200000, 299999, 10};
  facts.subgid.defaults = {250000, 400000, 10};
  CHECK(free_range(facts, 50000) == IdRange{250000, 50000});
  CHECK_FALSE(free_range(facts, 50001));
  CHECK_FALSE(free_range(facts, 0));
}

TEST_CASE("a free range never ends past the last ID, whatever login.defs says") {
  auto facts = debian_with_ranges("a:100000:4294867294\n", "");
  facts.subuid.defaults.max = facts.subgid.defaults.max = ~std::uint64_t{0};
  CHECK(free_range(facts, 1) == IdRange{4294967294, 1});
  CHECK_FALSE(free_range(facts, 2));
  CHECK_FALSE(free_range(facts, ~std::uint64_t{0}));
  facts.subuid.defaults.min = ~std::uint64_t{0} - 5;
  CHECK_FALSE(free_range(facts, 10));
}

TEST_CASE("a new range is as large as either side's setting, and large enough for a system") {
  auto facts = debian_with_ranges("", "");
  facts.subuid.defaults.count = 10;
  facts.subgid.defaults.count = 20;
  CHECK(default_count(facts) == 65536);
  facts.subgid.defaults.count = 100000;
  CHECK(default_count(facts) == 100000);
}
