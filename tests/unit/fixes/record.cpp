#include "fixes/record.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "support/tree.hpp"
#include "unit/fixes/edits.hpp"

using namespace kerneltour::fixes;
using kerneltour::test::mode_of;
using kerneltour::test::state_with;
using kerneltour::test::text_of;
using kerneltour::tests::Tree;
using Lines = std::vector<std::string>;

namespace {

Change change_of(std::vector<FileEdit> edits) {
  return {12,          "subordinate-ids", "user ann got \"IDs\"", "2026-11-23T20:15:00Z", "ann by sudo",
          Stage::made, std::move(edits)};
}

/// What of `text` has been replaced by `with`.
std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto place = text.find(what);
  REQUIRE(place != std::string::npos);
  return text.replace(place, what.size(), with);
}

}  // namespace

TEST_CASE("a change is read back as it was recorded, but for its stage") {
  const Tree tree;
  const std::string bytes("a\0b\nold\n\xff", 9);
  const auto written = change_of({{"/etc/subuid",
                                   state_with(bytes, 0640),
                                   state_with(with_lines(bytes, {"old"}, {"new"}), 0640),
                                   {"old"},
                                   {"new"}},
                                  {"/etc/made", {}, {true, "text", {0600, 12, 34}}, {}, {}, true},
                                  {"/etc/gone", state_with("was"), {}, {}, {}}});
  write_record(tree.root(), written);
  const auto read = read_record(tree.root());
  CHECK(read.number == 12);
  CHECK(read.kind == written.kind);
  CHECK(read.summary == written.summary);
  CHECK(read.when == written.when);
  CHECK(read.by == written.by);
  CHECK(read.stage == Stage::begun);
  REQUIRE(read.edits.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(read.edits[i].path == written.edits[i].path);
    CHECK(read.edits[i].before == written.edits[i].before);
    CHECK(read.edits[i].after == written.edits[i].after);
    CHECK(read.edits[i].removed == written.edits[i].removed);
    CHECK(read.edits[i].added == written.edits[i].added);
    CHECK(read.edits[i].makes_directory == written.edits[i].makes_directory);
  }
}

TEST_CASE("what is kept of a file is no more readable than the file was") {
  const Tree tree;
  write_record(tree.root(),
               change_of({{"/etc/secret", state_with("was", 0600), state_with("is", 0640), {}, {}},
                          {"/etc/public", state_with("was", 04755), {}, {}, {}}}));
  CHECK(mode_of(tree.real("/0.before")) == 0600);
  CHECK(mode_of(tree.real("/0.after")) == 0600);
  CHECK(mode_of(tree.real("/1.before")) == 0644);
  CHECK(mode_of(tree.real("/record.json")) == 0644);
}

TEST_CASE("the files of a record are those that are needed") {
  const Tree tree;
  write_record(tree.root(), change_of({{"/etc/subuid", {}, state_with("new\n"), {}, {"new"}}}));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(tree.root())) ++files;
  CHECK(files == 1);
  CHECK(text_of(tree.real("/record.json")).back() == '\n');
}

TEST_CASE("a record of which a part is missing or broken is none, and is named") {
  Tree tree;
  const auto path = tree.real("/record.json");
  CHECK_THROWS_WITH(read_record(tree.root()),
                    (path + " is no record of a change: " + path + " is missing").c_str());
  write_record(tree.root(), change_of({{"/etc/secret", state_with("was"), state_with("is"), {}, {}}}));
  const auto text = text_of(path);

  for (const char* key : {"schema", "number", "kind", "summary", "when", "by", "edits", "path", "before",
                          "after", "removed_lines", "added_lines", "mode", "owner", "group"}) {
    CAPTURE(key);
    tree.file("/record.json", replaced(text, '"' + std::string(key) + '"', "\"x\""));
    CHECK_THROWS_AS(read_record(tree.root()), std::runtime_error);
  }
  for (const auto& broken :
       {std::string(), text.substr(0, text.size() / 2), std::string("[]"), std::string("null"),
        replaced(text, "\"0644\"", "\"rw\""), replaced(text, "\"0644\"", "\"100644\""),
        replaced(text, "\"0644\"", "\"-1\""), replaced(text, "\"number\": 12", "\"number\": -1"),
        replaced(text, "\"number\": 12", "\"number\": 1.5"),
        replaced(text, "\"number\": 12", "\"number\": 4294967296"),
        replaced(text, "\"kind\": \"subordinate-ids\"", "\"kind\": 7")}) {
    CAPTURE(broken);
    tree.file("/record.json", broken);
    CHECK_THROWS_AS(read_record(tree.root()), std::runtime_error);
  }

  tree.file("/record.json", text);
  CHECK_NOTHROW(read_record(tree.root()));
  for (const auto* kept : {"/0.before", "/0.after"}) {
    std::filesystem::rename(tree.real(kept), tree.real("/away"));
    CHECK_THROWS_WITH(read_record(tree.root()),
                      (path + " is no record of a change: " + tree.real(kept) + " is missing").c_str());
    std::filesystem::rename(tree.real("/away"), tree.real(kept));
  }
}

TEST_CASE("a record of another version is not guessed at") {
  Tree tree;
  write_record(tree.root(), change_of({}));
  tree.file("/record.json", replaced(text_of(tree.real("/record.json")), "\"schema\": 1", "\"schema\": 2"));
  CHECK_THROWS_WITH(
      read_record(tree.root()),
      (tree.real("/record.json") + " is no record of a change: another version of kerneltour wrote it")
          .c_str());
}
