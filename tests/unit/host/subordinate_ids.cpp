#include "host/subordinate_ids.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace kerneltour::host;
using namespace std::string_literals;
using namespace std::string_view_literals;
using Names = std::vector<std::string>;

TEST_CASE("ranges are read with their line numbers, of names and of numbers") {
  const auto file = parse_subordinate_ids(
      "# who owns what\n"
      "\n"
      "ann:100000:65536\n"
      "1001:165536:65536\n");
  CHECK(file.exists);
  CHECK(file.malformed.empty());
  REQUIRE(file.ranges.size() == 2);
  CHECK(file.ranges[0].owner == "ann");
  CHECK(file.ranges[0].start == 100000);
  CHECK(file.ranges[0].count == 65536);
  CHECK(file.ranges[0].end() == 165536);
  CHECK(file.ranges[0].line == 3);
  CHECK(file.ranges[1].owner == "1001");
  CHECK(file.ranges[1].line == 4);
}

TEST_CASE("ranges overlap where they share an ID, and not where one begins at the other's end") {
  const SubordinateRange ann{"ann", 100000, 65536, 1};
  CHECK(ann.overlaps({"bob", 165535, 1, 2}));
  CHECK_FALSE(ann.overlaps({"bob", 165536, 65536, 2}));
  CHECK(ann.overlaps({"bob", 0, 4294967295, 2}));
  CHECK_FALSE(ann.overlaps({"bob", 0, 100000, 2}));
}

TEST_CASE("lines that are no ranges are malformed, each with its number and text") {
  const std::vector<std::string_view> lines = {"ann",
                                               "ann:100000",
                                               "ann:100000:65536:",
                                               "ann:100000:65536:1",
                                               ":100000:65536",
                                               "ann::65536",
                                               "ann:100000:",
                                               "ann:-1:65536",
                                               "ann:+1:65536",
                                               "ann:0x186a0:65536",
                                               "ann:100000:65536 ",
                                               " ann:100000:65536",
                                               "ann :100000:65536",
                                               "ann: 100000:65536",
                                               "ann:100000:0",
                                               "ann:100000:1e5",
                                               "ann:4294967296:1",
                                               "ann:1:18446744073709551616"};
  std::string text;
  for (const auto line : lines) text += std::string(line) + "\n";
  const auto file = parse_subordinate_ids(text);
  CHECK(file.ranges.empty());
  REQUIRE(file.malformed.size() == lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(file.malformed[i].line == i + 1);
    CHECK(file.malformed[i].text == lines[i]);
  }
}

TEST_CASE("a range may end at the last ID that the kernel maps and not past it") {
  const auto file = parse_subordinate_ids("ann:4294901759:65536\nbob:4294901760:65536\n");
  REQUIRE(file.ranges.size() == 1);
  CHECK(file.ranges[0].end() == 4294967295);
  REQUIRE(file.malformed.size() == 1);
  CHECK(file.malformed[0].line == 2);
}

TEST_CASE("what a malformed line says is kept short and harmless to a terminal") {
  const auto file = parse_subordinate_ids("\x1b[31mred\0\xff:1:1\r\n"s + std::string(100, 'x') + "\n" +
                                          std::string(79, 'x') + "é:no range\n"s);
  REQUIRE(file.malformed.size() == 3);
  CHECK(file.malformed[0].text.find_first_of("\x1b\xff\r"sv) == std::string::npos);
  CHECK(file.malformed[0].text.find('\0') == std::string::npos);
  CHECK(file.malformed[1].text == std::string(80, 'x'));
  CHECK(file.malformed[2].text == std::string(79, 'x'));
}

TEST_CASE("lines of white space say nothing, and a file with Windows line ends has no ranges") {
  CHECK(parse_subordinate_ids(" \t\n\r\n  # note\n").malformed.empty());
  const auto file = parse_subordinate_ids("ann:100000:65536\r\n");
  CHECK(file.ranges.empty());
  CHECK(file.malformed.size() == 1);
}

TEST_CASE("an empty file exists and has nothing") {
  const auto file = parse_subordinate_ids("");
  CHECK(file.exists);
  CHECK(file.ranges.empty());
  CHECK(file.malformed.empty());
}

TEST_CASE("of a file that is all wrong only the first thousand lines are kept") {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "\x01\n";
  CHECK(parse_subordinate_ids(text).malformed.size() == 1000);
}

TEST_CASE("a hundred thousand lines are all read") {
  std::string text;
  for (int i = 0; i < 100000; ++i)
    text += "user" + std::to_string(i) + ":" + std::to_string(100000 + i) + ":1\n";
  const auto file = parse_subordinate_ids(text);
  REQUIRE(file.ranges.size() == 100000);
  CHECK(file.ranges.back().owner == "user99999");
  CHECK(file.ranges.back().line == 100000);
}

TEST_CASE("login.defs says where new ranges begin and how long they are") {
  const std::string_view text =
      "#SUB_UID_MIN 1\n"
      "SUB_UID_MIN\t\t   200000\n"
      "SUB_UID_MAX 0x23c346a0\n"
      "SUB_UID_COUNT\t0200000\n"
      "SUB_GID_MIN 5\n";
  const auto uid = parse_login_defs(text, "UID");
  CHECK(uid.min == 200000);
  CHECK(uid.max == 600000160);
  CHECK(uid.count == 65536);
  const auto gid = parse_login_defs(text, "GID");
  CHECK(gid.min == 5);
  CHECK(gid.max == 600100000);
}

TEST_CASE("values in login.defs that are no numbers keep their default") {
  const auto defaults = parse_login_defs(
      "SUB_UID_MIN many\nSUB_UID_MAX 99999999999999999999\nSUB_UID_COUNT\nSUB_UID_MIN 0x\nSUB_UID_COUNT "
      "-1\n\0\xff",
      "UID");
  CHECK(defaults.min == 100000);
  CHECK(defaults.max == 600100000);
  CHECK(defaults.count == 65536);
}

TEST_CASE("services before files replace the subordinate ID files") {
  CHECK(subordinate_id_services("passwd: files\nsubid: sss\n") == Names{"sss"});
  CHECK(subordinate_id_services("subid:\tsss [NOTFOUND=return] files # note") == Names{"sss"});
  CHECK(subordinate_id_services("SubID: sss ldap\n") == Names{"sss", "ldap"});
}

TEST_CASE("without a service before files the files themselves count") {
  for (const std::string_view text :
       {""sv, "passwd: files systemd\n"sv, "subid: files\n"sv, "subid: files sss\n"sv, "# subid: sss\n"sv,
        "subid:\n"sv, "subidx: sss\n"sv, "\0subid: sss\xff"sv})
    CHECK(subordinate_id_services(text).empty());
}
