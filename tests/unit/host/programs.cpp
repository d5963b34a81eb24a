#include "host/programs.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>

#include "support/tree.hpp"

using namespace kerneltour::host;
using kerneltour::tests::Tree;

namespace {

void program(Tree& tree, const std::string& path, mode_t mode = 0755) {
  tree.file(path, "#!/bin/sh\n");
  REQUIRE(chmod(tree.real(path).c_str(), mode) == 0);
}

}  // namespace

TEST_CASE("a program is found in root's PATH, what the administrator installed first") {
  Tree tree;
  program(tree, "/usr/bin/ab");
  program(tree, "/usr/local/bin/ab");
  program(tree, "/sbin/update-grub");
  const auto host = Host::at(tree.root());
  CHECK(find_program(host, "ab").value().path == "/usr/local/bin/ab");
  CHECK(find_program(host, "update-grub").value().path == "/sbin/update-grub");
  CHECK_FALSE(find_program(host, "ruby"));
}

TEST_CASE("a directory, a file that cannot be executed and a dangling link are no programs") {
  Tree tree;
  tree.directory("/usr/local/bin/ab").link("/usr/sbin/ab", "/nowhere");
  program(tree, "/usr/bin/ab", 0644);
  CHECK_FALSE(find_program(Host::at(tree.root()), "ab"));
  program(tree, "/bin/ab");
  CHECK(find_program(Host::at(tree.root()), "ab").value().path == "/bin/ab");
}

TEST_CASE("a program behind alternatives is found by its links, inside its own root") {
  Tree tree;
  tree.link("/usr/bin/ruby", "/etc/alternatives/ruby").link("/etc/alternatives/ruby", "/usr/bin/ruby3.1");
  program(tree, "/usr/bin/ruby3.1");
  CHECK(find_program(Host::at(tree.root()), "ruby").value().path == "/usr/bin/ruby");
}

TEST_CASE("a name that is a path is no program") {
  Tree tree;
  program(tree, "/usr/bin/ab");
  const auto host = Host::at(tree.root());
  for (const std::string name : {"", "/usr/bin/ab", "../bin/ab"}) CHECK_FALSE(find_program(host, name));
  CHECK_FALSE(find_program(host, std::string("ab\0", 3)));
}

TEST_CASE("setuid counts only with root as the owner") {
  Program newuidmap;
  newuidmap.status.mode = S_IFREG | 04755;
  CHECK(newuidmap.setuid_root());
  newuidmap.status.owner = 1000;
  CHECK_FALSE(newuidmap.setuid_root());
  newuidmap.status = {};
  newuidmap.status.mode = S_IFREG | 0755;
  CHECK_FALSE(newuidmap.setuid_root());
}

TEST_CASE("a capability is a bit of the permitted set, and none is past its end") {
  Program newuidmap;
  CHECK_FALSE(newuidmap.has_capability(7));
  newuidmap.status.permitted_capabilities = std::uint64_t{1} << 7;
  CHECK(newuidmap.has_capability(7));
  CHECK_FALSE(newuidmap.has_capability(6));
  CHECK_FALSE(newuidmap.has_capability(64 + 7));
}
