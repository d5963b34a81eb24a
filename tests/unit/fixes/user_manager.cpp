#include "fixes/user_manager.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "fixes/journal.hpp"
#include "support/tree.hpp"
#include "unit/fixes/edits.hpp"

using namespace kerneltour::fixes;
using kerneltour::tests::Tree;

TEST_CASE("controllers are delegated by a drop-in for one user, of our own") {
  const auto change = delegate_controllers("ann", 4242);
  CHECK(change.kind == "cgroup-delegation");
  CHECK(change.summary.find("ann") != std::string::npos);
  REQUIRE(change.edits.size() == 1);
  const auto& edit = change.edits[0];
  CHECK(edit.path == "/etc/systemd/system/user@4242.service.d/zz-kerneltour.conf");
  CHECK(edit.makes_directory);
  CHECK(edit.after == FileState{true, "[Service]\nDelegate=cpu cpuset io memory\n", {0644, 0, 0}});
}

TEST_CASE("a manager is kept by the file that logind reads when it starts") {
  const auto change = keep_user_manager("kerneltour-test");
  CHECK(change.kind == "user-manager");
  REQUIRE(change.edits.size() == 1);
  CHECK(change.edits[0].path == "/var/lib/systemd/linger/kerneltour-test");
  CHECK(change.edits[0].after == FileState{true, "", {0644, 0, 0}});
}

TEST_CASE("a name that logind would write otherwise is refused, with what to type") {
  CHECK_THROWS_WITH(keep_user_manager("DOM\\ann"), doctest::Contains("loginctl enable-linger"));
}

TEST_CASE("a change that no service takes notice of is taken back, its directory too") {
  const Tree tree;
  Journal journal(tree.real("/changes"), [](const std::string&) {});
  Change change;
  change.kind = user_manager.name;
  change.summary = "it was changed";
  FileEdit edit{tree.real("/linger/kerneltour-no-such-user"), {}, {}, {}, {}, true};
  edit.after = kerneltour::test::state_with("");
  change.edits.push_back(edit);
  // There is no such user, so that loginctl(1) fails wherever there is one.
  CHECK_THROWS(journal.make(change));
  CHECK_FALSE(std::filesystem::exists(tree.real("/linger")));
  CHECK(read_journal(tree.real("/changes")).changes.empty());
}
