#include "host/modules.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "host/host.hpp"
#include "support/tree.hpp"

using namespace kerneltour::host;
using kerneltour::tests::Tree;
using namespace std::string_view_literals;

namespace {

constexpr std::string_view debian_12 =
    "kernel/drivers/net/veth.ko:\n"
    "kernel/net/xfrm/xfrm_user.ko: kernel/net/xfrm/xfrm_algo.ko\n"
    "kernel/net/sched/sch_fq-codel.ko.xz:\n"
    "kernel/drivers/net/dummy.ko.zst:\n";

}  // namespace

TEST_CASE("modules.dep lists a module by its file's name, compressed or not") {
  CHECK(lists_module(debian_12, "veth"));
  CHECK(lists_module(debian_12, "xfrm_user"));
  CHECK(lists_module(debian_12, "dummy"));
}

TEST_CASE("dashes and underscores in a module's name are the same") {
  CHECK(lists_module(debian_12, "sch_fq_codel"));
  CHECK(lists_module(debian_12, "xfrm-user"));
}

TEST_CASE("what another module depends on, or a part of a name, is not listed") {
  CHECK_FALSE(lists_module(debian_12, "xfrm_algo"));
  CHECK_FALSE(lists_module(debian_12, "eth"));
  CHECK_FALSE(lists_module(debian_12, "veth.ko"));
  CHECK_FALSE(lists_module(debian_12, ""));
}

TEST_CASE("modules.dep with bytes that are none lists nothing") {
  CHECK_FALSE(lists_module("", "veth"));
  CHECK_FALSE(lists_module("\0\xff\xfeveth\n::::\n/\n.ko:\n"sv, "veth"));
  CHECK_FALSE(lists_module("kernel/veth", "veth"));
}

TEST_CASE("a module is loaded where /sys/module has it, loadable where modules.dep has it") {
  Tree tree;
  tree.directory("/sys/module/xfrm_user").file("/lib/modules/6.1.0-56-amd64/modules.dep", debian_12);
  const auto host = Host::at(tree.root());
  CHECK(find_module(host, "6.1.0-56-amd64", "xfrm-user", true) == ModuleState::loaded);
  CHECK(find_module(host, "6.1.0-56-amd64", "veth", true) == ModuleState::loadable);
  CHECK(find_module(host, "6.1.0-56-amd64", "vxcan", true) == ModuleState::missing);
  CHECK(find_module(host, "6.1.0-57-amd64", "veth", true) == ModuleState::missing);
  CHECK(find_module(host, "", "veth", true) == ModuleState::missing);
}

TEST_CASE("what the running kernel has loaded says nothing of another one") {
  Tree tree;
  tree.directory("/sys/module/veth");
  CHECK(find_module(Host::at(tree.root()), "6.12.1", "veth", false) == ModuleState::missing);
}

TEST_CASE("a module that was built in is as good as loaded, and /usr/lib/modules counts too") {
  Tree tree;
  tree.file("/usr/lib/modules/6.8.0-45-generic/modules.builtin", "kernel/drivers/net/veth.ko\n");
  tree.file("/usr/lib/modules/6.8.0-45-generic/modules.dep", "kernel/drivers/net/dummy.ko.zst:\n");
  const auto host = Host::at(tree.root());
  CHECK(find_module(host, "6.8.0-45-generic", "veth", false) == ModuleState::loaded);
  CHECK(find_module(host, "6.8.0-45-generic", "dummy", false) == ModuleState::loadable);
}
