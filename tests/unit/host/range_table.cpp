#include "host/range_table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/debian.hpp"

using namespace kerneltour::host;
using kerneltour::test::debian_with_ranges;
using Problems = std::vector<std::string>;

namespace {

std::optional<User> nobody_else(const std::string&) { return std::nullopt; }

std::vector<OwnerRanges> table_of(const Facts& facts, const std::optional<std::string>& only = {}) {
  return range_table(facts, only, nobody_else);
}

std::string print(const std::optional<SubordinateRange>& range) {
  return range ? fmt::format("{}:{}", range->start, range->count) : "-";
}

/// "100000:10 100000:10, 5:5 -"
std::string print(const std::vector<RangeRow>& rows) {
  std::string text;
  for (const auto& row : rows)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", print(row.users), print(row.groups));
  return text;
}

}  // namespace

TEST_CASE("the same range for users and for groups is one row, and without problems") {
  const auto table = table_of(debian_with_ranges("ann:100000:65536\n", "ann:100000:65536\n"));
  REQUIRE(table.size() == 1);
  CHECK(table[0].name == "ann");
  CHECK(table[0].uid == 1000);
  CHECK(table[0].problems.empty());
  CHECK(print(table[0].rows) == "100000:65536 100000:65536");
  CHECK(table[0].rows[0].problems.empty());
}

TEST_CASE("ranges find each other whatever the order, each once, and those that stay alone come last") {
  const auto table = table_of(debian_with_ranges("ann:100000:65536\nann:200000:65536\nann:200000:65536\n",
                                                 "ann:500000:1\nann:200000:65536\nann:100000:65536\n"
                                                 "ann:400000:1\nann:100000:65535\n"));
  REQUIRE(table.size() == 1);
  CHECK(print(table[0].rows) ==
        "100000:65536 100000:65536, 200000:65536 200000:65536, 200000:65536 -, - 500000:1, - 400000:1, "
        "- 100000:65535");
  CHECK(print(table_of(debian_with_ranges("ann:5:1\n", "ann:5:2\n")).at(0).rows) == "5:1 -, - 5:2");
  CHECK(table[0].rows[1].groups->line == 2);
  CHECK(table[0].rows[3].either().line == 1);
}

TEST_CASE("owners stand in the order in which the files name them first, users' file before groups'") {
  const auto table = table_of(
      debian_with_ranges("root:300000:65536\nann:100000:65536\n", "nobody:400000:65536\nann:100000:65536\n"));
  REQUIRE(table.size() == 3);
  CHECK(table[0].name == "root");
  CHECK(table[1].name == "ann");
  CHECK(table[2].name == "nobody");
}

TEST_CASE("name and number of one user are one owner") {
  const auto table = table_of(debian_with_ranges("1000:100000:65536\n", "ann:100000:65536\n"));
  REQUIRE(table.size() == 1);
  CHECK(table[0].name == "ann");
  CHECK(print(table[0].rows) == "100000:65536 100000:65536");
  CHECK(table[0].rows[0].problems.empty());
}

TEST_CASE("an owner who is gone is told, and has the text for a name") {
  for (const std::string text : {"gone", "1234", "01000"}) {
    CAPTURE(text);
    const auto line = text + ":100000:65536\n";
    const auto table = table_of(debian_with_ranges(line, line));
    REQUIRE(table.size() == 1);
    CHECK(table[0].name == text);
    CHECK_FALSE(table[0].uid);
    CHECK(table[0].problems == Problems{"there is no user " + text + " on this host"});
    CHECK(table[0].rows[0].problems.empty());
  }
}

TEST_CASE("users whom /etc/passwd has not are looked for, each once") {
  std::vector<std::string> asked;
  const auto find = [&](const std::string& name) -> std::optional<User> {
    asked.push_back(name);
    return User{"far", 70000, 70000};
  };
  const auto table = range_table(
      debian_with_ranges("far:100000:65536\nann:200000:65536\nfar:300000:5\n", "70000:100000:65536\n"), {},
      find);
  CHECK(asked == Problems{"far", "70000"});
  REQUIRE(table.size() == 2);
  CHECK(table[0].name == "far");
  CHECK(table[0].uid == 70000);
  CHECK(print(table[0].rows) == "100000:65536 100000:65536, 300000:5 -");
}

TEST_CASE("a problem that both sides have is said once, and else with the side") {
  const auto both = table_of(
      debian_with_ranges("ann:100000:65536\nroot:165535:65536\n", "ann:100000:65536\nroot:165535:65536\n"));
  CHECK(both.at(0).rows.at(0).problems == Problems{"overlaps 165535:65536, which root has in line 2"});
  CHECK(both.at(1).rows.at(0).problems == Problems{"overlaps 100000:65536, which ann has in line 1"});

  const auto users = table_of(
      debian_with_ranges("ann:100000:65536\nroot:165535:65536\n", "ann:100000:65536\nroot:200000:65536\n"));
  CHECK(users.at(0).rows.at(0).problems ==
        Problems{"of users: overlaps 165535:65536, which root has in line 2"});

  auto facts = debian_with_ranges("ann:100000:65536\n", "ann:100000:65536\n");
  facts.users.push_back({"eve", 100005, 5});
  facts.groups.push_back({"staff", 100004});
  CHECK(table_of(facts).at(0).rows.at(0).problems ==
        Problems{"of users: includes 100005, which is the real ID of eve",
                 "of groups: includes 100004, which is the real ID of staff"});
}

TEST_CASE("a side without a range, or with too small ones, is told of the owner") {
  const auto table = table_of(debian_with_ranges("ann:100000:65535\nann:200000:65535\n", ""));
  REQUIRE(table.size() == 1);
  CHECK(table[0].problems == Problems{"has no range of 65536 IDs in /etc/subuid, too few for a whole system",
                                      "has no range in /etc/subgid"});
}

TEST_CASE("one owner is told alone, with what is wrong because of others") {
  const auto facts = debian_with_ranges("root:100000:65536\n1000:100000:65536\n", "ann:100000:65536\n");
  const auto table = table_of(facts, "ann");
  REQUIRE(table.size() == 1);
  CHECK(table[0].name == "ann");
  CHECK(table[0].rows.at(0).problems ==
        Problems{"of users: overlaps 100000:65536, which root has in line 1"});
  CHECK(table_of(facts, "nobody").empty());
}
