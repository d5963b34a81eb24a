#include "fixes/subordinate_ids.hpp"

#include <doctest/doctest.h>

#include "support/debian.hpp"
#include "support/tree.hpp"
#include "unit/fixes/edits.hpp"

using namespace kerneltour;
using namespace kerneltour::fixes;
using host::IdRange;
using kerneltour::test::debian_12;
using kerneltour::test::debian_with_ranges;
using kerneltour::tests::Tree;
using Lines = std::vector<std::string>;

namespace {

Grant for_ann(std::optional<std::uint64_t> count = {}, std::optional<std::uint64_t> start = {}) {
  return {"ann", 1000, count, start};
}

/// The plan for ann on a host with these lines.
GrantPlan planned(const std::string& subuid, const std::string& subgid, const Grant& grant = for_ann()) {
  return plan_grant(debian_with_ranges(subuid, subgid), grant);
}

/// Why the plan cannot be.
std::string refused(const std::string& subuid, const std::string& subgid, const Grant& grant) {
  try {
    planned(subuid, subgid, grant);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it was planned";
}

}  // namespace

TEST_CASE("a user without a range gets the first free one, the same on both sides") {
  const auto plan = planned("bob:100000:65536\n", "carol:165536:10\n");
  CHECK(plan.users.range == IdRange{165546, 65536});
  CHECK(plan.groups.range == plan.users.range);
  CHECK(plan.users.path == "/etc/subuid");
  CHECK(plan.groups.path == "/etc/subgid");
  CHECK_FALSE(plan.users.kept);
  CHECK(plan.changes());
}

TEST_CASE("a range that is enough is kept, and nothing changes") {
  const auto plan = plan_grant(debian_12(), for_ann());
  CHECK(plan.users.kept);
  CHECK(plan.groups.kept);
  CHECK(plan.users.range == IdRange{100000, 65536});
  CHECK_FALSE(plan.changes());
}

TEST_CASE("of several ranges the first that is enough is kept") {
  const auto plan = planned("ann:90000:10\nann:300000:65536\n1000:100000:70000\n", "ann:300000:65536\n");
  CHECK(plan.users.range == IdRange{300000, 65536});
  CHECK_FALSE(plan.changes());
}

TEST_CASE("a side that lacks a range gets the other side's, where that is free") {
  const auto plan = planned("ann:300000:70000\n", "");
  CHECK(plan.users.kept);
  CHECK_FALSE(plan.groups.kept);
  CHECK(plan.groups.range == IdRange{300000, 70000});
  CHECK(planned("", "ann:300000:70000\n").users.range == IdRange{300000, 70000});
}

TEST_CASE("a side that lacks a range gets the first free one, where the other side's is taken") {
  const auto plan = planned("ann:300000:65536\n", "bob:365535:1\n");
  CHECK(plan.users.kept);
  CHECK(plan.groups.range == IdRange{100000, 65536});
}

TEST_CASE("a range that is too small stays, and another one comes to it") {
  const auto plan = planned("ann:100000:10\n", "ann:100000:10\n");
  CHECK(plan.users.replaced.empty());
  CHECK(plan.users.range == IdRange{100010, 65536});
  CHECK(plan.groups.range == plan.users.range);
}

TEST_CASE("the count is the one asked for, or that of login.defs") {
  CHECK(planned("", "", for_ann(5)).users.range.count == 5);
  CHECK(planned("ann:100000:65536\n", "ann:100000:65536\n", for_ann(65537)).users.range ==
        IdRange{165536, 65537});
  CHECK_FALSE(planned("ann:100000:7\n", "ann:100000:5\n", for_ann(5)).changes());
  auto facts = debian_with_ranges("", "");
  facts.subuid.defaults.count = 100000;
  CHECK(plan_grant(facts, for_ann()).groups.range.count == 100000);
}

TEST_CASE("a range of the user's that others have an ID of goes, with the reason") {
  const auto plan = planned("ann:100000:65536\nbob:165535:65536\n", "ann:100000:65536\n");
  REQUIRE(plan.users.replaced.size() == 1);
  CHECK(written(plan.users.replaced[0]) == "ann:100000:65536");
  CHECK(plan.users.why_replaced == Lines{"ann:100000:65536 overlaps 165535:65536, which bob has in line 2"});
  CHECK_FALSE(plan.users.kept);
  CHECK(plan.users.range == IdRange{231071, 65536});
  CHECK(plan.groups.kept);
  CHECK(plan.groups.replaced.empty());
}

TEST_CASE("a range of the user's with a real ID in it goes, though another one is kept") {
  const auto plan = planned("1000:500:10000\nann:100000:65536\n", "ann:100000:65536\n");
  CHECK(plan.users.kept);
  CHECK(plan.users.why_replaced == Lines{"1000:500:10000 includes 1000, which is the real ID of ann"});
  CHECK(plan.users.changes());
  CHECK_FALSE(plan.groups.changes());
}

TEST_CASE("a start that was asked for is where the range is") {
  const auto plan = planned("bob:100000:65536\n", "", for_ann(10, 400000));
  CHECK(plan.users.range == IdRange{400000, 10});
  CHECK(plan.groups.range == IdRange{400000, 10});
  CHECK(planned("", "", for_ann({}, 400000)).users.range == IdRange{400000, 65536});
}

TEST_CASE("a start that was asked for is kept where it lies in a range of the user's that is enough") {
  CHECK_FALSE(planned("ann:100000:65536\n", "ann:100000:65536\n", for_ann(10, 165526)).changes());
  CHECK(
      refused("ann:100000:65536\n", "ann:100000:65536\n", for_ann(11, 165526)) ==
      "/etc/subuid: the range 165526:11 overlaps 100000:65536, which ann has in line 1 already; nothing was "
      "changed");
  CHECK(refused("ann:100000:65536\n", "", for_ann(10, 99995)) ==
        "/etc/subuid: the range 99995:10 overlaps 100000:65536, which ann has in line 1 already; nothing was "
        "changed");
}

TEST_CASE("IDs asked for that are somebody else's are refused, and it is said whose") {
  CHECK(
      refused("bob:100000:65536\n", "", for_ann(10, 165535)) ==
      "/etc/subuid: the range 165535:10 overlaps 100000:65536, which bob has in line 1; nothing was changed");
  CHECK(
      refused("", "# none\nbob:100000:65536\n", for_ann(10, 99991)) ==
      "/etc/subgid: the range 99991:10 overlaps 100000:65536, which bob has in line 2; nothing was changed");
  auto facts = debian_with_ranges("", "");
  facts.users.push_back({"eve", 400009, 5});
  CHECK_THROWS_WITH(
      plan_grant(facts, for_ann(10, 400000)),
      "/etc/subuid: the range 400000:10 includes 400009, which is the real ID of eve; nothing was "
      "changed");
}

TEST_CASE("the place of a range that goes may be asked for, as far as it is free") {
  auto facts = debian_with_ranges("ann:100000:65536\n", "");
  facts.users.push_back({"eve", 165535, 5});
  CHECK(plan_grant(facts, for_ann(65535, 100000)).users.range == IdRange{100000, 65535});
}

TEST_CASE("IDs of the system's and IDs that there are not cannot be asked for") {
  CHECK(refused("", "", for_ann(10, 65535)).find("the IDs from 65535 are not for granting") == 0);
  CHECK(planned("", "", for_ann(10, 65536)).users.range == IdRange{65536, 10});
  CHECK(planned("", "", for_ann(10, 4294967285)).users.range.last() == 4294967294);
  CHECK(refused("", "", for_ann(11, 4294967285)) ==
        "the range 4294967285:11 ends past 4294967294, the last ID there is; nothing was changed");
}

TEST_CASE("where nothing is left it is said so") {
  CHECK(refused("bob:100000:600000000\n", "", for_ann()) ==
        "no free range of 65536 IDs is left between SUB_UID_MIN and SUB_UID_MAX of /etc/login.defs; nothing "
        "was "
        "changed");
}

TEST_CASE("a plan becomes an edit of each file that changes") {
  Tree tree;
  tree.file("/subuid", "# who\nann:500:1000\nbob:100000:65536\n").file("/subgid", "ann:200000:65536\n");
  auto facts = debian_with_ranges(test::text_of(tree.real("/subuid")), test::text_of(tree.real("/subgid")));
  facts.subuid.path = tree.real("/subuid");
  facts.subgid.path = tree.real("/subgid");
  const auto change = change_of(plan_grant(facts, for_ann()), for_ann());
  CHECK(change.kind == "subordinate-ids");
  CHECK(change.summary == "user ann got the user IDs 200000 to 265535");
  REQUIRE(change.edits.size() == 1);
  CHECK(change.edits[0].path == tree.real("/subuid"));
  CHECK(change.edits[0].removed == Lines{"ann:500:1000"});
  CHECK(change.edits[0].added == Lines{"ann:200000:65536"});
  CHECK(change.edits[0].after.text == "# who\nbob:100000:65536\nann:200000:65536\n");
}

TEST_CASE("a change says which IDs were got, on which side") {
  const auto summary = [](const std::string& subuid, const std::string& subgid) {
    auto facts = debian_with_ranges(subuid, subgid);
    facts.subuid.path = facts.subgid.path = "/nonexistent/file";
    return change_of(plan_grant(facts, for_ann()), for_ann()).summary;
  };
  CHECK(summary("", "") == "user ann got the IDs 100000 to 165535");
  CHECK(summary("ann:100000:65536\n", "") == "user ann got the group IDs 100000 to 165535");
  CHECK(summary("", "ann:100000:65536\n") == "user ann got the user IDs 100000 to 165535");
  CHECK(summary("ann:100000:65536\nann:500:1000\n", "ann:100000:65536\n") ==
        "user ann lost the ranges that were of no use");
}

TEST_CASE("what was granted is taken back unless a process has it") {
  Change change;
  change.edits.push_back({"/etc/subuid", {}, {}, {}, {"ann:" + std::to_string(getuid()) + ":1"}});
  CHECK(subordinate_ids.obstacle(change).find("ann:" + std::to_string(getuid()) +
                                              ":1 of /etc/subuid is in use by process ") == 0);
  change.edits[0].added = {"ann:4200000000:10"};
  CHECK(subordinate_ids.obstacle(change).empty());
}
