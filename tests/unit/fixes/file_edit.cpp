#include "fixes/file_edit.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "support/tree.hpp"
#include "unit/fixes/edits.hpp"

using namespace kerneltour::fixes;
using kerneltour::test::state_with;
using kerneltour::tests::Tree;

namespace {

/// An edit that takes out the line "old", and adds the line "new".
FileEdit one_line() {
  return {"/etc/name", state_with("a\nold\nb\n"), state_with("a\nb\nnew\n"), {"old"}, {"new"}};
}

FileEdit whole_file() { return {"/etc/name", state_with("before"), state_with("after"), {}, {}}; }

}  // namespace

TEST_CASE("a file is looked at with its text, its mode and its owner") {
  Tree tree;
  tree.file("/name", "text\n");
  REQUIRE(chmod(tree.real("/name").c_str(), 02640) == 0);
  const auto state = look_at(tree.real("/name"));
  CHECK(state.exists);
  CHECK(state.text == "text\n");
  CHECK(state.attributes.mode == 02640);
  CHECK(state.attributes.owner == getuid());
  CHECK(state.attributes.group == getgid());
}

TEST_CASE("a file that is not there is a state, and what is no file is an error") {
  Tree tree;
  tree.directory("/directory");
  CHECK_FALSE(look_at(tree.real("/none")).exists);
  CHECK(look_at(tree.real("/none")) == FileState{});
  CHECK_THROWS_WITH(look_at(tree.real("/directory")),
                    ("cannot read " + tree.real("/directory") + ": is a directory").c_str());
  REQUIRE(mkfifo(tree.real("/fifo").c_str(), 0600) == 0);
  CHECK_THROWS_AS(look_at(tree.real("/fifo")), std::runtime_error);
}

TEST_CASE("lines are taken out where they stand whole, and added at the end") {
  CHECK(with_lines("a\nb\nc\n", {"b"}, {"d", "e"}) == "a\nc\nd\ne\n");
  CHECK(with_lines("a b\nb\n b\nb \n", {"b"}, {}) == "a b\n b\nb \n");
  CHECK(with_lines("a\n", {"b"}, {}) == "a\n");
  CHECK(with_lines("", {}, {"a"}) == "a\n");
  CHECK(with_lines("a\n", {"a"}, {}) == "");
}

TEST_CASE("each line is taken out once for each time that it is named, the first one first") {
  CHECK(with_lines("x\na\nx\nb\nx\n", {"x"}, {}) == "a\nx\nb\nx\n");
  CHECK(with_lines("x\na\nx\nb\nx\n", {"x", "x"}, {}) == "a\nb\nx\n");
  CHECK(with_lines("x\n", {"x", "x"}, {}) == "");
}

TEST_CASE("what is added begins on a line of its own, and nothing else is touched") {
  CHECK(with_lines("a\nb", {}, {"c"}) == "a\nb\nc\n");
  CHECK(with_lines("a\nb", {"a"}, {}) == "b");
  CHECK(with_lines("a\nb", {"b"}, {"c"}) == "a\nc\n");
  CHECK(with_lines("\n# who\n\n\xff\r\n", {}, {"c"}) == "\n# who\n\n\xff\r\nc\n");
}

TEST_CASE("an edit of lines knows the file before and after, and keeps its attributes") {
  Tree tree;
  tree.file("/name", "a\nold\n");
  REQUIRE(chmod(tree.real("/name").c_str(), 0600) == 0);
  const auto edit = edit_lines(tree.real("/name"), {"old"}, {"new"});
  CHECK(edit.path == tree.real("/name"));
  CHECK(edit.by_lines());
  CHECK(edit.before == state_with("a\nold\n", 0600));
  CHECK(edit.after == state_with("a\nnew\n", 0600));
}

TEST_CASE("an edit of a file that is not there makes one for everybody to read, of root's") {
  const Tree tree;
  const auto edit = edit_lines(tree.real("/name"), {}, {"new"});
  CHECK_FALSE(edit.before.exists);
  CHECK(edit.after == FileState{true, "new\n", {0644, 0, 0}});
}

TEST_CASE("an edit goes to where a symbolic link leads") {
  Tree tree;
  tree.file("/etc/far", "a\n").link("/etc/name", "far");
  CHECK(edit_lines(tree.real("/etc/name"), {}, {"b"}).path == tree.real("/etc/far"));
}

TEST_CASE("a file as before is not made, and one as after is made") {
  for (const auto& edit : {one_line(), whole_file()}) {
    CHECK(state_of(edit, edit.before) == EditState::not_made);
    CHECK(state_of(edit, edit.after) == EditState::made);
  }
}

TEST_CASE("a whole file that differs in anything is somebody else's") {
  const auto edit = whole_file();
  CHECK(state_of(edit, state_with("other")) == EditState::foreign);
  CHECK(state_of(edit, state_with("after", 0600)) == EditState::foreign);
  CHECK(state_of(edit, {}) == EditState::foreign);
}

TEST_CASE("an edit of lines is made or not by its lines alone, whatever else was changed") {
  const auto edit = one_line();
  CHECK(state_of(edit, state_with("new\na\nmore\n", 0600)) == EditState::made);
  CHECK(state_of(edit, state_with("more\nold\n", 0600)) == EditState::not_made);
  CHECK(state_of(edit, state_with("a\nold\nnew\n")) == EditState::foreign);
  CHECK(state_of(edit, state_with("a\nb\n")) == EditState::foreign);
}

TEST_CASE("an edit of two lines of which one is there is somebody else's now") {
  const FileEdit edit{"/etc/name", state_with(""), state_with("x\ny\n"), {}, {"x", "y"}};
  CHECK(state_of(edit, state_with("x\nmore\n")) == EditState::foreign);
  CHECK(state_of(edit, state_with("y\nmore\nx\n")) == EditState::made);
  const FileEdit twice{"/etc/name", state_with(""), state_with("x\nx\n"), {}, {"x", "x"}};
  CHECK(state_of(twice, state_with("x\nmore\n")) == EditState::foreign);
}

TEST_CASE("a file that somebody has removed since is not as an edit of its lines left it") {
  const FileEdit taken_out{"/etc/name", state_with("a\nold\n"), state_with("a\n"), {"old"}, {}};
  CHECK(state_of(taken_out, {}) == EditState::foreign);
  CHECK(state_of(one_line(), {}) == EditState::foreign);
}

TEST_CASE("an edit is taken back to the file as it was, bytes and attributes") {
  const auto edit = one_line();
  CHECK(taken_back(edit, edit.after) == edit.before);
  const auto whole = whole_file();
  CHECK(taken_back(whole, whole.after) == whole.before);
}

TEST_CASE("what others have written since stays when an edit of lines is taken back") {
  const auto edit = one_line();
  CHECK(taken_back(edit, state_with("new\nmore\n", 0600)) == state_with("more\nold\n", 0600));
}

TEST_CASE("a file that was made for a line goes with it, unless others wrote into it") {
  const FileEdit edit{"/etc/name", {}, state_with("new\n"), {}, {"new"}};
  CHECK_FALSE(taken_back(edit, edit.after).exists);
  CHECK(taken_back(edit, state_with("new\nmore\n")) == state_with("more\n"));
}

TEST_CASE("an edit is made again as it was, or on what others have written") {
  const auto edit = one_line();
  CHECK(made_from(edit, edit.before) == edit.after);
  CHECK(made_from(edit, state_with("old\nmore\n", 0600)) == state_with("more\nnew\n", 0600));
  const auto whole = whole_file();
  CHECK(made_from(whole, whole.before) == whole.after);
  const FileEdit created{"/etc/name", {}, state_with("new\n"), {}, {"new"}};
  CHECK(made_from(created, {}) == created.after);
}

TEST_CASE("a file that is written whole knows whether its directory was there") {
  Tree tree;
  tree.directory("/there").file("/there/old", "before\n");
  const auto made = write_file(tree.real("/none/name"), "text\n");
  CHECK(made.makes_directory);
  CHECK_FALSE(made.before.exists);
  CHECK(made.after == FileState{true, "text\n", {0644, 0, 0}});
  const auto replaced = write_file(tree.real("/there/old"), "text\n");
  CHECK_FALSE(replaced.makes_directory);
  CHECK_FALSE(replaced.by_lines());
  CHECK(replaced.before.text == "before\n");
}
