#include "host/range_table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/debian.hpp"

using namespace kerneltour::host;
using kerneltour::test::debian_with_ranges;
using Problems = std::vector<std::string>;

namespace {

std::optional<User> nobody_else(const std::string&) { return std::nullopt; }

struct Row {
  std::optional<SubordinateRange> users;
  std::optional<SubordinateRange> groups;
  Problems problems;
};

struct Owner {
  std::string name;
  std::optional<uid_t> uid;
  std::vector<Row> rows;
  Problems problems;
};

std::optional<SubordinateRange> value_of(const SubordinateRange* range) {
  return range ? std::optional(*range) : std::nullopt;
}

/// All of the table, which outlives the facts.
std::vector<Owner> table_of(const Facts& facts, const std::optional<std::string>& only = {},
                            const FindUser& find_user = nobody_else) {
  const RangeTable table(facts, only, find_user);
  std::vector<Owner> owners;
  for (const auto& owner : table.owners()) {
    const auto ranges = table.ranges_of(owner);
    auto& told = owners.emplace_back(Owner{owner.name, owner.uid, {}, ranges.problems});
    for (const auto& row : ranges.rows)
      told.rows.push_back({value_of(row.users), value_of(row.groups), row.problems});
  }
  return owners;
}

std::string print(const std::optional<SubordinateRange>& range) {
  return range ? fmt::format("{}:{}", range->start, range->count) : "-";
}

/// "100000:10 100000:10, 5:5 -"
std::string print(const std::vector<Row>& rows) {
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
  CHECK(table[0].rows[3].groups->line == 1);
}

TEST_CASE("owners stand in the order in which the files name them first, users' file before groups'") {
  const auto table = table_of(
      debian_with_ranges("root:300000:65536\nann:100000:65536\n", "nobody:400000:65536\nann:100000:65536\n"));
  REQUIRE(table.size() == 3);
  CHECK(table[0].name == "root");
  CHECK(table[1].name == "ann");
  CHECK(table[2].name == "nobody");
}

TEST_CASE("an owner's ranges are together wherever they stand, in the files' order") {
  const auto table =
      table_of(debian_with_ranges("ann:300000:1\nroot:200000:1\nann:100000:1\n1000:400000:1\nroot:500000:1\n",
                                  "root:500000:1\nnobody:7:7\nann:100000:1\nroot:200000:1\nann:600000:1\n"));
  REQUIRE(table.size() == 3);
  CHECK(print(table[0].rows) == "300000:1 -, 100000:1 100000:1, 400000:1 -, - 600000:1");
  CHECK(print(table[1].rows) == "200000:1 200000:1, 500000:1 500000:1");
  CHECK(print(table[2].rows) == "- 7:7");
}

TEST_CASE("an owner who stands by number first is the owner by name behind others, too") {
  const auto table = table_of(debian_with_ranges("1000:1:1\nroot:2:1\n1000:3:1\n", "0:2:1\nann:3:1\n"));
  REQUIRE(table.size() == 2);
  CHECK(table[0].name == "ann");
  CHECK(print(table[0].rows) == "1:1 -, 3:1 3:1");
  CHECK(table[1].name == "root");
  CHECK(print(table[1].rows) == "2:1 2:1");
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
  const auto table = table_of(
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
