#include "host/user_namespace.hpp"

#include <doctest/doctest.h>

#include "host/host.hpp"
#include "support/tree.hpp"

using namespace kerneltour::host;
using kerneltour::tests::Tree;

namespace {

UserNamespace of(const Tree& tree) { return read_user_namespace(Host::at(tree.root())); }

}  // namespace

TEST_CASE("an ID map has a line for each run of IDs, and lines that are none are left out") {
  const auto map = parse_id_map("         0       1000          1\n1 100000 65536\n\nx y z\n1 2\n-1 0 1\n");
  REQUIRE(map.size() == 2);
  CHECK(map[1].inside == 1);
  CHECK(map[1].outside == 100000);
  CHECK(map[1].count == 65536);
}

TEST_CASE("an ID counts inside a user namespace where a line maps it") {
  UserNamespace here;
  here.users = parse_id_map("0 1000 1\n1 100000 10\n");
  CHECK(here.has_user(0));
  CHECK(here.has_user(10));
  CHECK_FALSE(here.has_user(11));
  CHECK(here.has_group(11));  // its map could not be read
  here.users = parse_id_map("");
  CHECK_FALSE(here.has_user(0));
}

TEST_CASE("the initial user namespace is told by its number, and without it by its map") {
  Tree tree;
  CHECK(of(tree).initial);
  tree.file("/proc/self/uid_map", "         0          0 4294967295\n");
  CHECK(of(tree).initial);
  tree.file("/proc/self/uid_map", "         0      65534          1\n");
  CHECK_FALSE(of(tree).initial);
  tree.link("/proc/self/ns/user", "user:[4026531837]");
  CHECK(of(tree).initial);
}

TEST_CASE("the caller is the effective user of /proc/self/status") {
  Tree tree;
  tree.file("/proc/self/status", "Name:\tx\nUid:\t0\t65534\t0\t0\n").file("/proc/self/uid_map", "");
  const auto here = of(tree);
  CHECK(here.caller == 65534);
  CHECK_FALSE(here.has_user(here.caller));
}
