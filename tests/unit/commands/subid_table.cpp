#include "commands/subid_table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include <nlohmann/json.hpp>

#include "support/debian.hpp"

using namespace kerneltour::commands;
using kerneltour::host::Facts;
using kerneltour::host::RangeTable;
using kerneltour::test::debian_with_ranges;
using Json = nlohmann::ordered_json;

namespace {

RangeTable table_of(const Facts& facts) {
  return {facts, {}, [](const auto&) { return std::nullopt; }};
}

std::string text_of(const Facts& facts) {
  std::ostringstream out;
  print_text(out, facts, table_of(facts), {80, false, true});
  return out.str();
}

Json json_of(const Facts& facts) {
  std::ostringstream out;
  print_json(out, facts, table_of(facts));
  return Json::parse(out.str());
}

}  // namespace

TEST_CASE("the text has a line for each row, and one for each problem below it") {
  CHECK(text_of(debian_with_ranges("ann:100000:65536\nmalformed\n", "ann:100000:65536\ngone:7:100000\n")) ==
        "OWNER       USER IDS               GROUP IDS              SIZE\n"
        "ann (1000)  100000-165535          100000-165535          65536\n"
        "  ! of groups: overlaps 7:100000, which gone has in line 2\n"
        "gone        -                      7-100006               100000\n"
        "  ! of groups: overlaps 100000:65536, which ann has in line 1\n"
        "  ! there is no user gone on this host\n"
        "  ! /etc/subuid line 2 is malformed, and counts for nothing: malformed\n");
}

TEST_CASE("where no one has ranges the text says so, behind what is malformed") {
  CHECK(text_of(debian_with_ranges("malformed\n", "")) ==
        "  ! /etc/subuid line 1 is malformed, and counts for nothing: malformed\n"
        "No one has subordinate IDs. To give a user some: sudo kerneltour subid grant USER\n");
  auto facts = debian_with_ranges("", "");
  facts.subordinate_services = {"sss"};
  CHECK(text_of(facts) ==
        "From the service \"sss\", of the users in /etc/passwd.\n\nNo one has subordinate IDs.\n");
}

TEST_CASE("JSON has every field, and null for what is not there") {
  const auto json =
      json_of(debian_with_ranges("ann:100000:65536\nmalformed\n", "ann:100000:65536\ngone:7:8\n"));
  const Json ann = {{"owner", "ann"}, {"start", 100000}, {"count", 65536}, {"line", 1}};
  const Json gone = {{"owner", "gone"}, {"start", 7}, {"count", 8}, {"line", 2}};
  const Json owners = {{{"name", "ann"},
                        {"uid", 1000},
                        {"ranges", {{{"uids", ann}, {"gids", ann}, {"problems", Json::array()}}}},
                        {"problems", Json::array()}},
                       {{"name", "gone"},
                        {"uid", nullptr},
                        {"ranges", {{{"uids", nullptr}, {"gids", gone}, {"problems", Json::array()}}}},
                        {"problems", {"there is no user gone on this host"}}}};
  const Json malformed = {{{"file", "/etc/subuid"}, {"line", 2}, {"text", "malformed"}}};
  CHECK(json == Json{{"schema", 1}, {"source", "files"}, {"owners", owners}, {"malformed", malformed}});
}

TEST_CASE("JSON of nobody's ranges, and from a service, is whole") {
  auto facts = debian_with_ranges("", "");
  facts.subordinate_services = {"a \"service\""};
  CHECK(json_of(facts) == Json{{"schema", 1},
                               {"source", "a \"service\""},
                               {"owners", Json::array()},
                               {"malformed", Json::array()}});
}

TEST_CASE("whatever an owner is called and a malformed line says, JSON has it") {
  for (const std::string text : {"\"", "\\", "a\"b\\c\\", "{},[]", "\u00e4\u4e2d\U0001f600"}) {
    CAPTURE(text);
    const auto json = json_of(debian_with_ranges(text + ":100000:65536\nx " + text + "\n", ""));
    const auto& owner = json.at("owners").at(0);
    CHECK(owner.at("name") == text);
    CHECK(owner.at("ranges").at(0).at("uids").at("owner") == text);
    CHECK(owner.at("problems") == Json{"there is no user " + text + " on this host"});
    CHECK(json.at("malformed").at(0).at("text") == "x " + text);
  }
}

TEST_CASE("what is larger than a portion is printed once, and in order") {
  std::string lines;
  for (int number = 0; number < 2000; ++number)
    lines += fmt::format("gone{}:{}:1\n", number, 100000 + number);
  const auto facts = debian_with_ranges(lines, lines);
  const auto text = text_of(facts);
  CHECK(text.size() > portion);
  CHECK(std::count(text.begin(), text.end(), '\n') == 1 + 2 * 2000);
  const auto json = json_of(facts);
  REQUIRE(json.at("owners").size() == 2000);
  for (std::size_t number = 0; number < 2000; number += 499)
    CHECK(json.at("owners").at(number).at("name") == fmt::format("gone{}", number));
}
