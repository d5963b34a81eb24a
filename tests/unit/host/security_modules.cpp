#include "host/security_modules.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "host/boot_parameters.hpp"
#include "host/host.hpp"
#include "support/tree.hpp"

using namespace kerneltour::host;
using kerneltour::tests::Tree;
using namespace std::string_view_literals;
using Names = std::vector<std::string>;

TEST_CASE("the kernel's list of security modules is split at commas") {
  CHECK(parse_security_modules("lockdown,capability,yama,apparmor") ==
        Names{"lockdown", "capability", "yama", "apparmor"});
  CHECK(parse_security_modules("capability\n") == Names{"capability"});
  CHECK(parse_security_modules("").empty());
  CHECK(parse_security_modules(",,\n,").empty());
}

TEST_CASE("a list of security modules that is binary cannot drive a terminal") {
  CHECK(parse_security_modules("a\x1b[0m,\xff\0"sv) == Names{"a?[0m", "??"});
}

TEST_CASE("the list in securityfs says which security modules are active") {
  Tree tree;
  tree.file("/sys/kernel/security/lsm", "lockdown,capability,apparmor");
  tree.file("/sys/module/apparmor/parameters/enabled", "N\n");
  const auto modules = read_security_modules(Host::at(tree.root()));
  CHECK(modules.known);
  CHECK(modules.has("apparmor"));
  CHECK_FALSE(modules.has("app"));
  CHECK_FALSE(modules.has("selinux"));
  CHECK(modules.source == "/sys/kernel/security/lsm");
}

TEST_CASE("without securityfs AppArmor's own parameter tells of AppArmor, and the list is not known") {
  Tree tree;
  tree.file("/sys/module/apparmor/parameters/enabled", "Y\n");
  const auto modules = read_security_modules(Host::at(tree.root()));
  CHECK_FALSE(modules.known);
  CHECK(modules.has("apparmor"));
  CHECK(modules.source == "/sys/module/apparmor/parameters/enabled");

  Tree off;
  off.file("/sys/module/apparmor/parameters/enabled", "N\n");
  CHECK_FALSE(read_security_modules(Host::at(off.root())).has("apparmor"));
}

TEST_CASE("where nothing tells of security modules none are known") {
  Tree tree;
  const auto modules = read_security_modules(Host::at(tree.root()));
  CHECK_FALSE(modules.known);
  CHECK(modules.active.empty());
  CHECK(modules.source.empty());
}

TEST_CASE("AppArmor stays off where the command line says so, or chooses others") {
  const auto off = [](const char* text) { return apparmor_off_at_boot(BootParameters::parse(text)); };
  CHECK_FALSE(off("quiet"));
  CHECK(off("apparmor=0"));
  CHECK(off("lsm=landlock,yama"));
  CHECK_FALSE(off("lsm=landlock,apparmor"));
  CHECK(off("security=selinux"));
  CHECK_FALSE(off("security=apparmor"));
  CHECK_FALSE(off("security=selinux lsm=apparmor"));
}
