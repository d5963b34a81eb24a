#include <doctest/doctest.h>

#include "host/id_ranges.hpp"
#include "unit/features/situation.hpp"

using namespace kerneltour;
using namespace kerneltour::test;

namespace {

features::Verdict judged(const host::Facts& facts) { return judge(features::subordinate_ids, facts); }

}  // namespace

TEST_CASE("a user with 65536 IDs on both sides is ready") { CHECK(gist(judged(debian_12())) == "ready"); }

TEST_CASE("a range may be owned by number") {
  CHECK(gist(judged(debian_with_ranges("1000:100000:65536\n", "1000:100000:65536\n"))) == "ready");
}

TEST_CASE("newuidmap with file capabilities is as good as setuid root") {
  auto facts = debian_12();
  facts.programs["newuidmap"].status = {0100755, 0, 0, 0, 1U << 7};
  facts.programs["newgidmap"].status = {0100755, 0, 0, 0, 1U << 6};
  CHECK(gist(judged(facts)) == "ready");
}

TEST_CASE("newuidmap with the other program's capability may not write its map") {
  auto facts = debian_12();
  facts.programs["newuidmap"].status = {0100755, 0, 0, 0, 1U << 6};
  CHECK(gist(judged(facts)) == "fixable package");
}

TEST_CASE("newuidmap with neither is installed again, and never gets chmod +s") {
  auto facts = debian_12();
  facts.programs["newuidmap"].status = {0100755, 0, 0, 0, std::nullopt};
  const auto verdict = judged(facts);
  CHECK(gist(verdict) == "fixable package");
  CHECK(commands_of(verdict) == "apt-get install --reinstall uidmap\n");
  facts.status_overrides = {"/usr/bin/newuidmap"};
  CHECK(commands_of(judged(facts)) ==
        "dpkg-statoverride --remove /usr/bin/newuidmap\napt-get install --reinstall uidmap\n");
}

TEST_CASE("a setuid bit for somebody else than root does not count") {
  auto facts = debian_12();
  facts.programs["newuidmap"].status.owner = 1000;
  CHECK(gist(judged(facts)) == "fixable package");
}

TEST_CASE("newuidmap that is absent comes with its package") {
  auto facts = debian_12();
  facts.programs.erase("newuidmap");
  CHECK(commands_of(judged(facts)) == "apt-get install uidmap\n");
}

TEST_CASE("where both the program and a range are missing, both are given") {
  auto facts = debian_with_ranges("", "");
  facts.programs.erase("newuidmap");
  const auto verdict = judged(facts);
  CHECK(gist(verdict) == "fixable package");
  CHECK(says(verdict, "newuidmap is not installed; user ann has no range"));
  CHECK(commands_of(verdict) == "apt-get install uidmap\nkerneltour subid grant ann\n");
}

TEST_CASE("a user without a range is granted one") {
  const auto verdict = judged(debian_with_ranges("bob:100000:65536\n", "carol:165536:65536\n"));
  CHECK(gist(verdict) == "fixable id-ranges");
  CHECK(says(verdict, "user ann has no range in /etc/subuid and /etc/subgid"));
  CHECK(commands_of(verdict) == "kerneltour subid grant ann\n");
}

TEST_CASE("a range that is missing for groups alone is told") {
  const auto verdict = judged(debian_with_ranges("ann:100000:65536\n", ""));
  CHECK(gist(verdict) == "fixable id-ranges");
  CHECK(says(verdict, "user ann has no range in /etc/subgid"));
}

TEST_CASE("a range that overlaps another owner's is no good") {
  const auto verdict =
      judged(debian_with_ranges("ann:100000:65536\nbob:165535:65536\n", "ann:100000:65536\n"));
  CHECK(gist(verdict) == "fixable id-ranges");
  CHECK(says(verdict, "overlaps 165535:65536, which bob has in line 2"));
  CHECK(commands_of(verdict) == "kerneltour subid grant ann\n");
}

TEST_CASE("the same range under the user's name and number is no overlap") {
  CHECK(gist(judged(debian_with_ranges("ann:100000:65536\n1000:100000:65536\n", "ann:100000:65536\n"))) ==
        "ready");
}

TEST_CASE("ranges that touch do not overlap") {
  CHECK(gist(judged(debian_with_ranges("bob:100000:65536\nann:165536:65536\n", "ann:165536:65536\n"))) ==
        "ready");
}

TEST_CASE("overlaps among other users are not this user's problem") {
  CHECK(gist(judged(debian_with_ranges("ann:100000:65536\nbob:300000:65536\ncarol:300000:65536\n",
                                       "ann:100000:65536\n"))) == "ready");
}

TEST_CASE("a range with a real ID in it, its owner's own included, is refused") {
  const auto verdict = judged(debian_with_ranges("ann:500:65536\n", "ann:100000:65536\n"));
  CHECK(gist(verdict) == "fixable id-ranges");
  CHECK(says(verdict, "includes 1000, which is the real ID of ann"));
}

TEST_CASE("a range that is too small is told with the size that is needed") {
  const auto verdict = judged(debian_with_ranges("ann:100000:1000\n", "ann:100000:65536\n"));
  CHECK(gist(verdict) == "fixable id-ranges");
  CHECK(says(verdict, "no range of 65536 IDs in /etc/subuid"));
}

TEST_CASE("a malformed line is shown with its number") {
  const auto verdict = judged(debian_with_ranges("ann:100000\n", "ann:100000:65536\n"));
  CHECK(gist(verdict) == "fixable id-ranges");
  bool shown = false;
  for (const auto& [source, says] : verdict.evidence) shown = shown || source == "/etc/subuid line 1";
  CHECK(shown);
}

TEST_CASE("ranges that a name service gives are not looked for in the files") {
  auto facts = debian_with_ranges("", "");
  facts.subordinate_services = {"sss"};
  CHECK(gist(judged(facts)) == "unknown id-ranges");
}

TEST_CASE("a free range avoids what is taken on either side and the accounts' IDs") {
  auto facts = debian_with_ranges("a:100000:65536\n", "b:200000:10\n");
  facts.users.push_back({"high", 300000, 300000});
  const auto range = host::free_range(facts, host::enough_ids);
  REQUIRE(range);
  CHECK(range->start == 200010);
  CHECK(range->last() == 265545);
}

TEST_CASE("no free range is left when everything up to the maximum is taken") {
  auto facts = debian_with_ranges("a:100000:600000000\n", "");
  CHECK_FALSE(host::free_range(facts, host::enough_ids));
  CHECK(gist(judged(facts)) == "impossible id-ranges");
}

TEST_CASE("files that cannot be read leave it open who has which IDs") {
  auto facts = debian_with_ranges("", "");
  facts.unreadable = {{host::About::ids, "/etc/subuid", "Permission denied"}};
  const auto verdict = judged(facts);
  CHECK(gist(verdict) == "unknown");
  REQUIRE(verdict.evidence.size() == 1);
  CHECK(verdict.evidence[0].source == "/etc/subuid");
  CHECK(verdict.evidence[0].says == "Permission denied");
}

TEST_CASE("a user's name is one word to the shell, whatever is in it") {
  auto facts = debian_with_ranges("", "");
  facts.users.push_back({"a$(id)", 1001, 1001});
  const features::Subject odd{"a$(id)", 1001};
  const auto verdict = features::subordinate_ids.judge({facts, {}, odd, odd});
  CHECK(commands_of(verdict).find(" 'a$(id)'\n") != std::string::npos);
}

TEST_CASE("the user nobody is not given IDs") {
  const auto facts = debian_with_ranges("", "");
  const features::Subject nobody{"nobody", 65534};
  const auto verdict = features::subordinate_ids.judge({facts, {}, nobody, nobody});
  CHECK(gist(verdict) == "unknown id-ranges");
  CHECK(says(verdict, "user nobody has no range"));
  CHECK(verdict.fixes.empty());
}

TEST_CASE("of several ranges the one that is large enough is told") {
  const auto verdict = judged(debian_with_ranges("ann:90000:1000\nann:100000:65536\n", "ann:100000:65536\n"));
  CHECK(says(verdict, "user ann has 65536 IDs from 100000"));
}

TEST_CASE("a program whose owner is not mapped in this user namespace is not judged") {
  auto facts = debian_12();
  facts.user_namespace = {false, host::parse_id_map("0 65534 1"), host::parse_id_map("0 65534 1"), 0};
  facts.programs["newuidmap"].status.owner = 65534;
  CHECK(gist(judged(facts)) == "unknown privilege");
  const auto none = debian_with_ranges("", "");  // a range would be no help
  facts.subuid = none.subuid;
  facts.subgid = none.subgid;
  CHECK(gist(judged(facts)) == "unknown privilege");
}
