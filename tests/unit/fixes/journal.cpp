#include "fixes/journal.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <filesystem>
#include <regex>
#include <set>

#include "fixes/record.hpp"
#include "posix/error.hpp"
#include "support/tree.hpp"
#include "unit/fixes/edits.hpp"

using namespace kerneltour;
using namespace kerneltour::fixes;
using kerneltour::test::mode_of;
using kerneltour::test::state_with;
using kerneltour::test::text_of;
using kerneltour::tests::Tree;
using Names = std::set<std::string>;
using Sentences = std::vector<std::string>;

namespace {

void ignore(const std::string&) {}

/// A journal's directory, and files that changes are about.
class Scene {
 public:
  Scene() { tree.file("/a", "a\nold\n").file("/b", "b\n"); }

  std::string path(const std::string& name) const { return tree.real("/" + name); }
  std::string text(const std::string& name) const { return text_of(path(name)); }
  std::string directory() const { return tree.real("/changes"); }
  Journal journal() const { return {directory(), ignore}; }

  /// In a "old" goes and "new" comes; in b "more" comes.
  Change by_lines() const {
    return {1,
            "subordinate-ids",
            "it was changed",
            {},
            {},
            Stage::begun,
            {edit_lines(path("a"), {"old"}, {"new"}), edit_lines(path("b"), {}, {"more"})}};
  }
  /// a is replaced, b goes, and c comes.
  Change by_files() const {
    return {1,
            "subordinate-ids",
            "it was changed",
            {},
            {},
            Stage::begun,
            {{path("a"), look_at(path("a")), state_with("A", 0600), {}, {}},
             {path("b"), look_at(path("b")), {}, {}, {}},
             {path("c"), {}, state_with("C", 0640), {}, {}}}};
  }

  /// The directory of a change as a run left it that was killed.
  void left(const Change& change, const std::string& name) {
    tree.directory("/changes/" + name);
    write_record(directory() + "/" + name, change);
  }

  /// What lies in the journal's directory besides its lock.
  Names names() const {
    Names names;
    for (const auto& entry : std::filesystem::directory_iterator(directory()))
      if (entry.is_directory()) names.insert(entry.path().filename().string());
    return names;
  }
  /// What lies beside the files.
  Names files() const {
    Names names;
    for (const auto& entry : std::filesystem::directory_iterator(tree.root()))
      if (!entry.is_directory()) names.insert(entry.path().filename().string());
    return names;
  }

  Tree tree;
};

/// Settling takes the lock of the accounts, /etc/.pwd.lock.
bool lacks_lock() {
  if (geteuid() == 0) return false;
  MESSAGE("skipped: only root has the lock of the accounts");
  return true;
}

}  // namespace

TEST_CASE("a change of lines is made, and recorded as it was made") {
  const Scene scene;
  auto journal = scene.journal();
  const auto made = journal.make(scene.by_lines());
  CHECK(scene.text("a") == "a\nnew\n");
  CHECK(scene.text("b") == "b\nmore\n");
  CHECK(scene.files() == Names{"a", "b"});
  CHECK(scene.names() == Names{"0001-subordinate-ids"});

  CHECK(made.number == 1);
  CHECK(made.stage == Stage::made);
  CHECK_FALSE(made.by.empty());
  CHECK(std::regex_match(made.when, std::regex("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ")));
  const auto kept = read_journal(scene.directory());
  CHECK(kept.problems.empty());
  REQUIRE(kept.changes.size() == 1);
  CHECK(kept.changes[0].stage == Stage::made);
  CHECK(kept.changes[0].when == made.when);
  CHECK(kept.changes[0].by == made.by);
  CHECK(kept.changes[0].edits.at(0).before.text == "a\nold\n");
}

TEST_CASE("whole files are replaced, removed and made") {
  const Scene scene;
  scene.journal().make(scene.by_files());
  CHECK(scene.text("a") == "A");
  CHECK(mode_of(scene.path("a")) == 0600);
  CHECK(scene.files() == Names{"a", "c"});
  CHECK(mode_of(scene.path("c")) == 0640);
}

TEST_CASE("a change that was made is taken back to the byte") {
  for (const bool lines : {true, false}) {
    CAPTURE(lines);
    const Scene scene;
    auto journal = scene.journal();
    journal.take_back(journal.make(lines ? scene.by_lines() : scene.by_files()));
    CHECK(scene.text("a") == "a\nold\n");
    CHECK(scene.text("b") == "b\n");
    CHECK(mode_of(scene.path("a")) == 0644);
    CHECK(scene.files() == Names{"a", "b"});
    CHECK(scene.names() == Names{"0001-subordinate-ids.undone"});
    CHECK(read_journal(scene.directory()).changes.at(0).stage == Stage::undone);
  }
}

TEST_CASE("a change that was recorded by another run is taken back from its record") {
  const Scene scene;
  scene.journal().make(scene.by_files());
  scene.journal().take_back(read_journal(scene.directory()).changes.at(0));
  CHECK(scene.text("a") == "a\nold\n");
  CHECK(scene.files() == Names{"a", "b"});
}

TEST_CASE("what others have added since stays when lines are taken back") {
  Scene scene;
  auto journal = scene.journal();
  const auto change = journal.make(scene.by_lines());
  scene.tree.file("/a", "a\nnew\ntheirs\n");
  journal.take_back(change);
  CHECK(scene.text("a") == "a\ntheirs\nold\n");
  CHECK(scene.text("b") == "b\n");
}

TEST_CASE("a change is not taken back where somebody has changed what it made, and nothing is touched") {
  for (const bool lines : {true, false}) {
    for (const std::string name : {"a", lines ? "b" : "c"}) {
      CAPTURE(lines);
      CAPTURE(name);
      Scene scene;
      auto journal = scene.journal();
      const auto change = journal.make(lines ? scene.by_lines() : scene.by_files());
      scene.tree.file("/" + name, "theirs\n");
      const auto files = scene.files();
      CHECK_THROWS_WITH(journal.take_back(change),
                        doctest::Contains((scene.path(name) + " is not there any more").c_str()));
      CHECK(scene.text(name) == "theirs\n");
      CHECK(scene.text(name == "a" ? (lines ? "b" : "c") : "a") ==
            (name == "a" ? (lines ? "b\nmore\n" : "C") : (lines ? "a\nnew\n" : "A")));
      CHECK(scene.files() == files);
      CHECK(scene.names() == Names{"0001-subordinate-ids"});
    }
  }
}

TEST_CASE("a change is not made of a file that is no longer as it was planned") {
  Scene scene;
  auto journal = scene.journal();
  const auto change = scene.by_files();
  scene.tree.file("/a", "theirs\n");
  CHECK_THROWS_WITH(journal.make(change), doctest::Contains((scene.path("a") + " has been changed").c_str()));
  CHECK(scene.text("a") == "theirs\n");
  CHECK(scene.files() == Names{"a", "b"});
  CHECK(scene.names().empty());
}

TEST_CASE("a change of which a part cannot be made leaves nothing, in the files and in the journal") {
  const Scene scene;
  auto journal = scene.journal();
  auto change = scene.by_lines();
  change.edits.push_back({scene.path("none/c"), {}, state_with("C"), {}, {}});
  CHECK_THROWS_AS(journal.make(change), posix::SystemError);
  CHECK(scene.text("a") == "a\nold\n");
  CHECK(scene.text("b") == "b\n");
  CHECK(scene.files() == Names{"a", "b"});
  CHECK(scene.names().empty());
}

TEST_CASE("a change that cannot be recorded is not made, and leaves nothing") {
  const Scene scene;
  auto journal = scene.journal();
  auto change = scene.by_lines();
  change.summary = "\xff";  // no text that JSON could hold
  CHECK_THROWS_AS(journal.make(change), std::exception);
  CHECK(scene.text("a") == "a\nold\n");
  CHECK(scene.files() == Names{"a", "b"});
  CHECK(scene.names().empty());
}

TEST_CASE("changes are numbered one behind the other, and listed so") {
  Scene scene;
  auto journal = scene.journal();
  for (const std::string line : {"1", "2", "3"}) {
    auto change = scene.by_lines();
    change.edits = {edit_lines(scene.path("b"), {}, {line})};
    change.summary = line;
    journal.take_back(journal.make(change));
  }
  CHECK(scene.names() ==
        Names{"0001-subordinate-ids.undone", "0002-subordinate-ids.undone", "0003-subordinate-ids.undone"});
  auto change = scene.by_lines();
  change.number = 9999;
  scene.left(change, "9999-subordinate-ids.undone");
  CHECK(journal.make(scene.by_lines()).number == 10000);
  const auto kept = read_journal(scene.directory());
  REQUIRE(kept.changes.size() == 5);
  CHECK(kept.changes[0].summary == "1");
  CHECK(kept.changes[2].summary == "3");
  CHECK(kept.changes[3].number == 9999);
  CHECK(kept.changes[4].number == 10000);
}

TEST_CASE("there is nothing in a journal that is not there, and reading makes none") {
  const Scene scene;
  const auto kept = read_journal(scene.directory());
  CHECK(kept.changes.empty());
  CHECK(kept.problems.empty());
  CHECK_FALSE(std::filesystem::exists(scene.directory()));
}

TEST_CASE("what cannot be read in a journal is told, and the rest is read") {
  Scene scene;
  scene.left(scene.by_lines(), "0001-subordinate-ids");
  scene.tree.directory("/changes/0002-broken").directory("/changes/.0003-subordinate-ids.new");
  const auto kept = read_journal(scene.directory());
  REQUIRE(kept.changes.size() == 1);
  REQUIRE(kept.problems.size() == 1);
  CHECK(kept.problems[0].find(scene.directory() + "/0002-broken/record.json is no record of a change") == 0);
}

TEST_CASE("one process has a journal at a time") {
  const Scene scene;
  const auto journal = scene.journal();
  const pid_t child = fork();
  if (child == 0) {
    try {
      const posix::FileLock lock(scene.directory() + "/lock", std::chrono::seconds(0), ignore);
      _exit(0);
    } catch (...) {
      _exit(1);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status != 0);
}

TEST_CASE("who is behind sudo is recorded, where that is a user") {
  const Scene scene;
  auto journal = scene.journal();
  const auto author = [&](const char* user) {
    setenv("SUDO_USER", user, 1);
    auto change = scene.by_lines();
    const auto made = journal.make(change);
    unsetenv("SUDO_USER");
    journal.take_back(made);
    return made.by;
  };
  CHECK(author("daemon") == "daemon by sudo");
  CHECK(author("no such user").find("sudo") == std::string::npos);
}

TEST_CASE("a run that was killed while it recorded has changed nothing, and its record goes") {
  Scene scene;
  scene.left(scene.by_lines(), ".0001-subordinate-ids.new");
  scene.tree.directory("/changes/.0002-subordinate-ids.new");
  CHECK(scene.journal().settled() == Sentences(2, "an earlier run was stopped before it changed anything"));
  CHECK(scene.names().empty());
  CHECK(scene.journal().settled().empty());
}

TEST_CASE("a change that was begun, and nothing of it made, did not happen") {
  if (lacks_lock()) return;
  Scene scene;
  scene.left(scene.by_files(), "0001-subordinate-ids.begun");
  scene.tree.file("/.a.kerneltour-new", "half of");
  CHECK(scene.journal().settled() ==
        Sentences{"an earlier run was stopped before it changed anything; the host is as before it: it was "
                  "changed did not happen"});
  CHECK(scene.text("a") == "a\nold\n");
  CHECK(scene.files() == Names{"a", "b"});
  CHECK(scene.names().empty());
}

TEST_CASE("a change that was made in part is taken back, whatever part it is") {
  if (lacks_lock()) return;
  for (const unsigned made : {1U, 2U, 3U, 4U, 5U, 6U}) {
    CAPTURE(made);
    Scene scene;
    scene.left(scene.by_files(), "0001-subordinate-ids.begun");
    if (made & 1U) posix::replace_file(scene.path("a"), "A", {.mode = 0600});
    if (made & 2U) posix::remove_file(scene.path("b"));
    if (made & 4U) posix::replace_file(scene.path("c"), "C", {.mode = 0640});
    CHECK(scene.journal().settled() ==
          Sentences{
              "an earlier run was stopped in the middle, and taken back; the host is as before it: it was "
              "changed did not happen"});
    CHECK(scene.text("a") == "a\nold\n");
    CHECK(mode_of(scene.path("a")) == 0644);
    CHECK(scene.text("b") == "b\n");
    CHECK(scene.files() == Names{"a", "b"});
    CHECK(scene.names().empty());
    CHECK(scene.journal().settled().empty());
  }
}

TEST_CASE("lines that were made in part are taken back from among those of others") {
  if (lacks_lock()) return;
  Scene scene;
  scene.left(scene.by_lines(), "0001-subordinate-ids.begun");
  scene.tree.file("/a", "a\nnew\ntheirs\n").file("/b", "b\ntheirs\n");
  CHECK(scene.journal().settled().size() == 1);
  CHECK(scene.text("a") == "a\ntheirs\nold\n");
  CHECK(scene.text("b") == "b\ntheirs\n");
  CHECK(scene.names().empty());
}

TEST_CASE("a change that was made wholly is closed, whatever others have added") {
  if (lacks_lock()) return;
  Scene scene;
  scene.left(scene.by_lines(), "0001-subordinate-ids.begun");
  scene.tree.file("/a", "a\nnew\n").file("/b", "b\nmore\ntheirs\n");
  CHECK(scene.journal().settled() ==
        Sentences{
            "an earlier run was stopped when its change was made: it was changed (0001-subordinate-ids)"});
  CHECK(scene.text("b") == "b\nmore\ntheirs\n");
  CHECK(scene.names() == Names{"0001-subordinate-ids"});
  CHECK(scene.journal().settled().empty());
}

TEST_CASE("an undo that was stopped is finished, however far it was") {
  if (lacks_lock()) return;
  for (const unsigned undone : {0U, 1U, 2U, 3U}) {
    CAPTURE(undone);
    Scene scene;
    scene.left(scene.by_lines(), "0001-subordinate-ids.undoing");
    if (!(undone & 1U)) scene.tree.file("/a", "a\nnew\n");
    if (!(undone & 2U)) scene.tree.file("/b", "b\nmore\n");
    CHECK(scene.journal().settled() ==
          Sentences{"an earlier undo was stopped, and is finished now: 0001-subordinate-ids is taken back"});
    CHECK(scene.text("a") == "a\nold\n");
    CHECK(scene.text("b") == "b\n");
    CHECK(scene.names() == Names{"0001-subordinate-ids.undone"});
  }
}

TEST_CASE("what was left and somebody has changed since stays as it is, and is told each time") {
  if (lacks_lock()) return;
  for (const std::string stage : {"begun", "undoing"}) {
    CAPTURE(stage);
    Scene scene;
    scene.left(scene.by_files(), "0001-subordinate-ids." + stage);
    posix::replace_file(scene.path("a"), "A", {.mode = 0600});
    scene.tree.file("/b", "theirs\n");
    for (int run = 0; run < 2; ++run) {
      const auto settled = scene.journal().settled();
      REQUIRE(settled.size() == 1);
      CHECK(settled[0] == "0001-subordinate-ids was not finished by an earlier run, and cannot be now: " +
                              scene.path("b") + " has been changed by somebody else since. Its record is " +
                              scene.directory() + "/0001-subordinate-ids." + stage);
      CHECK(scene.text("a") == "A");
      CHECK(scene.text("b") == "theirs\n");
      CHECK(scene.names() == Names{"0001-subordinate-ids." + stage});
    }
  }
}

TEST_CASE("what a newer version left is not touched, and the number stays taken") {
  Scene scene;
  auto change = scene.by_lines();
  change.kind = "something-newer";
  scene.left(change, "0001-something-newer.begun");
  scene.tree.file("/a", "a\nnew\n");
  auto journal = scene.journal();
  REQUIRE(journal.settled().size() == 1);
  CHECK(journal.settled()[0].find("which this version does not know") != std::string::npos);
  CHECK(scene.text("a") == "a\nnew\n");
  scene.tree.file("/a", "a\nold\n");
  CHECK(journal.make(scene.by_lines()).number == 2);
}

TEST_CASE(
    "a directory that was made for a file goes with it, and stays where somebody has put something there") {
  Scene scene;
  auto journal = scene.journal();
  Change change = scene.by_lines();
  change.edits = {{scene.path("made/c"), {}, state_with("C"), {}, {}, true}};
  journal.take_back(journal.make(change));
  CHECK_FALSE(std::filesystem::exists(scene.path("made")));

  journal.make(change);
  CHECK(mode_of(scene.path("made")) == 0755);
  scene.tree.file("/made/theirs", "theirs\n");
  journal.take_back(read_journal(scene.directory()).changes.at(1));
  CHECK(scene.text("made/theirs") == "theirs\n");
  CHECK_FALSE(std::filesystem::exists(scene.path("made/c")));
}

TEST_CASE("a directory that a killed run has made goes with what it had not finished") {
  if (lacks_lock()) return;
  Scene scene;
  Change change = scene.by_lines();
  change.edits = {{scene.path("made/c"), {}, state_with("C"), {}, {}, true}};
  scene.left(change, "0001-subordinate-ids.begun");
  scene.tree.directory("/made");
  const auto journal = scene.journal();
  CHECK_FALSE(std::filesystem::exists(scene.path("made")));
  CHECK(scene.names().empty());
}

TEST_CASE("the changes that one command makes are one group, and others are none of it") {
  Scene scene;
  {
    auto journal = scene.journal();
    journal.group_changes();
    CHECK(journal.make(scene.by_lines()).group == 1);
    auto more = scene.by_lines();
    more.edits = {edit_lines(scene.path("b"), {}, {"even more"})};
    CHECK(journal.make(more).group == 1);
  }
  auto alone = scene.by_lines();
  alone.edits = {edit_lines(scene.path("b"), {}, {"another"})};
  CHECK(scene.journal().make(alone).group == 3);
  const auto kept = read_journal(scene.directory());
  CHECK(kept.changes.at(1).group == 1);
  CHECK(kept.changes.at(2).group == 3);
}

TEST_CASE("what is no edit is done once the record is there, and before the files") {
  Scene scene;
  Names there;
  std::string text;
  scene.journal().make(scene.by_lines(), [&] {
    there = scene.names();
    text = scene.text("a");
  });
  CHECK(there == Names{"0001-subordinate-ids.begun"});
  CHECK(text == "a\nold\n");
}

TEST_CASE("where that fails, nothing is changed and nothing is kept") {
  Scene scene;
  CHECK_THROWS_WITH_AS(scene.journal().make(scene.by_lines(), [] { throw std::runtime_error("dpkg has failed"); }),
                       "dpkg has failed", std::runtime_error);
  CHECK(scene.text("a") == "a\nold\n");
  CHECK(scene.names().empty());
}

TEST_CASE("the journal of another root names its files as that root does, wherever it is mounted") {
  Scene scene;
  const auto root = scene.path("").substr(0, scene.path("").size() - 1);
  Journal(scene.directory(), ignore, root).make(scene.by_lines());
  CHECK(text_of(scene.directory() + "/0001-subordinate-ids/record.json").find(root) == std::string::npos);
  const auto change = read_journal(scene.directory(), root).changes.at(0);
  CHECK(change.edits.at(0).path == scene.path("a"));
  Journal(scene.directory(), ignore, root).take_back(change);
  CHECK(scene.text("a") == "a\nold\n");
}
