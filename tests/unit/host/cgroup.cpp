#include "host/cgroup.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "host/host.hpp"
#include "support/tree.hpp"

using namespace kerneltour::host;
using kerneltour::tests::Tree;
using namespace std::string_view_literals;
using Names = std::vector<std::string>;

namespace {

// Debian 12 and Ubuntu 22.04 and later, shortened.
constexpr std::string_view unified =
    "24 29 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw\n"
    "29 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n"
    "30 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 "
    "rw,nsdelegate,memory_recursiveprot\n";

// Ubuntu 18.04, shortened.
constexpr std::string_view hybrid =
    "25 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,data=ordered\n"
    "28 25 0:23 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755\n"
    "29 28 0:24 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup rw\n"
    "30 28 0:25 / /sys/fs/cgroup/systemd rw,nosuid shared:11 - cgroup cgroup rw,xattr,name=systemd\n"
    "32 28 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct\n"
    "33 28 0:29 / /sys/fs/cgroup/memory rw,nosuid shared:16 - cgroup cgroup rw,memory\n";

Cgroups classify(std::string_view mountinfo) { return classify_cgroups(parse_mountinfo(mountinfo)); }

}  // namespace

TEST_CASE("version 2 alone at /sys/fs/cgroup is the unified layout") {
  const auto cgroups = classify(unified);
  CHECK(cgroups.layout == CgroupLayout::unified);
  CHECK(cgroups.v2_point == "/sys/fs/cgroup");
  CHECK(cgroups.v1_controllers.empty());
}

TEST_CASE("version 1 controllers beside version 2 are the hybrid layout") {
  const auto cgroups = classify(hybrid);
  CHECK(cgroups.layout == CgroupLayout::hybrid);
  CHECK(cgroups.v2_point == "/sys/fs/cgroup/unified");
  REQUIRE(cgroups.v1_controllers.size() == 3);
  CHECK(cgroups.v1_point_of("cpu") == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK(cgroups.v1_point_of("cpuacct") == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK(cgroups.v1_point_of("memory") == "/sys/fs/cgroup/memory");
  CHECK(cgroups.v1_point_of("pids").empty());
  CHECK(cgroups.v1_point_of("xattr").empty());
}

TEST_CASE("version 1 hierarchies alone are the v1 layout") {
  const auto cgroups = classify("32 28 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,seclabel\n");
  CHECK(cgroups.layout == CgroupLayout::v1);
  CHECK(cgroups.v2_point.empty());
  CHECK(cgroups.v1_controllers.size() == 1);
}

TEST_CASE("without a cgroup file system the layout is none, and without mounts unknown") {
  CHECK(classify("29 1 8:1 / / rw - ext4 /dev/sda1 rw\n").layout == CgroupLayout::none);
  CHECK(classify("").layout == CgroupLayout::unknown);
  CHECK(name_of(CgroupLayout::none) == "none");
  CHECK(name_of(CgroupLayout::v1) == "v1");
  CHECK(name_of(CgroupLayout::hybrid) == "hybrid");
  CHECK(name_of(CgroupLayout::unified) == "unified");
  CHECK(name_of(CgroupLayout::unknown) == "unknown");
}

TEST_CASE("a named hierarchy without controllers leaves the unified layout unified") {
  const auto named =
      std::string(unified) + "40 30 0:40 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n";
  CHECK(classify(named).layout == CgroupLayout::unified);
  const auto net_cls = std::string(unified) + "40 24 0:40 / /mnt/net_cls rw - cgroup cgroup rw,net_cls\n";
  CHECK(classify(net_cls).layout == CgroupLayout::hybrid);
}

TEST_CASE("a second mount of version 2 does not stand for the usual one") {
  const std::string elsewhere = "50 29 0:26 / /mnt/cgroup rw - cgroup2 cgroup2 rw\n";
  CHECK(classify(elsewhere + std::string(unified)).v2_point == "/sys/fs/cgroup");
  CHECK(classify(std::string(unified) + elsewhere).v2_point == "/sys/fs/cgroup");
  CHECK(classify(elsewhere).v2_point == "/mnt/cgroup");
}

TEST_CASE("a mount that lies under another one on the same point does not count") {
  const auto covered = std::string(unified) + "41 30 0:41 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n";
  CHECK(classify(covered).layout == CgroupLayout::none);
}

TEST_CASE("our own cgroup is that of the line of hierarchy 0") {
  CHECK(parse_own_cgroup("0::/user.slice/user-1000.slice/session-3.scope\n") ==
        "/user.slice/user-1000.slice/session-3.scope");
  CHECK(parse_own_cgroup("9:name=systemd:/\n4:memory:/a\n0::/\n") == "/");
  CHECK(parse_own_cgroup("0::/a:b c\n") == "/a:b c");
}

TEST_CASE("text without a line of hierarchy 0 names no cgroup of ours") {
  for (const std::string_view text :
       {""sv, "4:memory:/a\n"sv, "10::/\n"sv, "0::relative\n"sv, "0:\0:/\xff\n"sv})
    CHECK(parse_own_cgroup(text).empty());
}

TEST_CASE("controllers are read where version 2 is mounted and in our own cgroup") {
  Tree tree;
  tree.file("/proc/self/cgroup", "0::/user.slice\n");
  tree.file("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
  tree.file("/sys/fs/cgroup/user.slice/cgroup.controllers", "memory pids\n");
  tree.file("/sys/fs/cgroup/user.slice/cpu.pressure", "");
  const auto cgroups = read_cgroups(Host::at(tree.root()), parse_mountinfo(unified));
  CHECK(cgroups.v2_controllers == Names{"cpuset", "cpu", "io", "memory", "pids"});
  CHECK(cgroups.v2_has("cpu"));
  CHECK_FALSE(cgroups.v2_has("cpus"));
  CHECK(cgroups.own == "/user.slice");
  CHECK(cgroups.own_controllers == Names{"memory", "pids"});
  CHECK(cgroups.own_pressure_files);
}

TEST_CASE("our own cgroup is found below a mount that shows only a part of the hierarchy") {
  const std::string_view part = "30 24 0:26 /docker/3f /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
  Tree tree;
  tree.file("/proc/self/cgroup", "0::/docker/3f/init\n");
  tree.file("/sys/fs/cgroup/init/cgroup.controllers", "cpu\n");
  tree.file("/sys/fs/cgroup/docker/3f/init/cgroup.controllers", "wrong\n");
  CHECK(read_cgroups(Host::at(tree.root()), parse_mountinfo(part)).own_controllers == Names{"cpu"});

  tree.file("/proc/self/cgroup", "0::/docker/3f\n").file("/sys/fs/cgroup/cgroup.controllers", "memory\n");
  CHECK(read_cgroups(Host::at(tree.root()), parse_mountinfo(part)).own_controllers == Names{"memory"});

  tree.file("/proc/self/cgroup", "0::/docker/3f0\n").file("/sys/fs/cgroup0/cgroup.controllers", "wrong\n");
  CHECK(read_cgroups(Host::at(tree.root()), parse_mountinfo(part)).own_controllers.empty());
}

TEST_CASE("a cgroup outside our cgroup namespace is not looked for") {
  Tree tree;
  tree.directory("/sys/fs/cgroup");
  tree.file("/proc/self/cgroup", "0::/../other\n").file("/sys/fs/other/cgroup.controllers", "wrong\n");
  const auto cgroups = read_cgroups(Host::at(tree.root()), parse_mountinfo(unified));
  CHECK(cgroups.own == "/../other");
  CHECK(cgroups.own_controllers.empty());
  CHECK_FALSE(cgroups.own_pressure_files);
}

TEST_CASE("what systemd delegates is read for each user whose manager runs") {
  Tree tree;
  const std::string users = "/sys/fs/cgroup/user.slice";
  tree.file(users + "/user-1000.slice/user@1000.service/cgroup.controllers", "cpu memory pids\n");
  tree.directory(users + "/user-1001.slice/session-4.scope");
  tree.directory(users + "/user-0.slice/user@0.service")
      .directory(users + "/user-ann.slice/user@ann.service");
  const auto cgroups = read_cgroups(Host::at(tree.root()), parse_mountinfo(unified));
  REQUIRE(cgroups.delegated.size() == 2);
  REQUIRE(cgroups.delegated_to(1000));
  CHECK(cgroups.delegated_to(1000)->controllers == Names{"cpu", "memory", "pids"});
  REQUIRE(cgroups.delegated_to(0));
  CHECK(cgroups.delegated_to(0)->controllers.empty());
  CHECK(cgroups.delegated_to(1001) == nullptr);
}

TEST_CASE("the directory of our own cgroup is where the mount shows it") {
  Tree tree;
  tree.file("/proc/self/cgroup", "0::/\n").directory("/sys/fs/cgroup");
  CHECK(read_cgroups(Host::at(tree.root()), parse_mountinfo(unified)).own_directory == "/sys/fs/cgroup");
  tree.file("/proc/self/cgroup", "0::/a/b\n");
  CHECK(read_cgroups(Host::at(tree.root()), parse_mountinfo(unified)).own_directory == "/sys/fs/cgroup/a/b");
  tree.file("/proc/self/cgroup", "0::/../other\n");
  CHECK(read_cgroups(Host::at(tree.root()), parse_mountinfo(unified)).own_directory.empty());
}
