#include <doctest/doctest.h>
#include <stdio.h>

#include <array>

#include "unit/features/situation.hpp"

using namespace kerneltour;
using namespace kerneltour::test;

namespace {

host::Facts hybrid() {
  auto facts = debian_12();
  facts.cgroups = {};
  facts.cgroups.layout = host::CgroupLayout::hybrid;
  facts.cgroups.v2_point = "/sys/fs/cgroup/unified";
  facts.cgroups.v1_controllers = {{"cpu", "/sys/fs/cgroup/cpu,cpuacct"}, {"memory", "/sys/fs/cgroup/memory"}};
  return facts;
}

host::Facts on_disk() {
  auto facts = debian_12();
  facts.live = facts.proc = false;
  facts.cgroups = {};
  return facts;
}

/// What the drop-in's line for GRUB_CMDLINE_LINUX makes of it, as grub-mkconfig sources it.
std::string without_memory(const std::string& command_line) {
  auto facts = debian_12();
  facts.cgroups.v2_controllers = {"cpu"};
  set_command_line(facts, "cgroup_disable=memory");
  const std::string make = judge(features::cgroup2, facts).fixes.at(0).commands.at(1);
  const auto lines = make.substr(0, make.find(" > "));
  const auto script = "GRUB_CMDLINE_LINUX='" + command_line + "'; eval \"$(" + lines +
                      ")\"; printf %s \"$GRUB_CMDLINE_LINUX\"";
  FILE* const output = popen(script.c_str(), "r");  // NOLINT(cert-env33-c)
  REQUIRE(output);
  std::array<char, 256> bytes = {};
  const auto length = fread(bytes.data(), 1, bytes.size(), output);
  CHECK(pclose(output) == 0);
  return {bytes.data(), length};
}

features::Verdict judged(const host::Facts& facts) { return judge(features::cgroup2, facts); }

}  // namespace

TEST_CASE("a unified layout with cpu and memory is ready") { CHECK(gist(judged(debian_12())) == "ready"); }

TEST_CASE("a hybrid layout is told from version 1 alone") {
  CHECK(gist(judged(hybrid())) == "fixable cgroup-layout");
  CHECK(says(judged(hybrid()), "hybrid"));
  auto facts = hybrid();
  facts.cgroups.layout = host::CgroupLayout::v1;
  CHECK(says(judged(facts), "only version 1"));
}

TEST_CASE("a layout that the command line asked for is that parameter") {
  auto facts = hybrid();
  set_command_line(facts, "systemd.unified_cgroup_hierarchy=0");
  const auto verdict = judged(facts);
  CHECK(gist(verdict) == "fixable boot-parameter");
  CHECK(commands_of(verdict).find("systemd.unified_cgroup_hierarchy=1") != std::string::npos);
}

TEST_CASE("a layout that another init than systemd mounted cannot be changed here") {
  auto facts = hybrid();
  facts.systemd = false;
  CHECK(gist(judged(facts)) == "impossible cgroup-layout");
}

TEST_CASE("a container's layout is its host's") {
  auto facts = hybrid();
  facts.confinement.container = "lxc";
  CHECK(gist(judged(facts)) == "impossible container");
}

TEST_CASE("a container may see control groups that it may not make") {
  auto facts = debian_12();
  facts.confinement.container = "docker";
  facts.cgroups.v2_read_only = true;
  CHECK(gist(judged(facts)) == "impossible container");
}

TEST_CASE("WSL mounts version 1 beside version 2 whatever systemd is told") {
  auto facts = hybrid();
  facts.confinement.wsl = true;
  CHECK(gist(judged(facts)) == "impossible cgroup-layout");
  CHECK(says(judged(facts), "cgroup_no_v1=all"));
}

TEST_CASE("a memory controller switched off at boot is told from one not built") {
  auto facts = debian_12();
  facts.cgroups.v2_controllers = {"cpu", "io"};
  set_command_line(facts, "cgroup_disable=memory");
  CHECK(gist(judged(facts)) == "fixable boot-parameter");
  CHECK(commands_of(judged(facts)).find("cgroup_enable") == std::string::npos);  // not a word Linux knows
  set_command_line(facts, "quiet");
  set_release(facts, "6.0.9");
  set_config(facts, "# CONFIG_MEMCG is not set\n");
  CHECK(gist(judged(facts)) == "fixable kernel-config");
  set_config(facts, "CONFIG_MEMCG=y\n");
  CHECK(gist(judged(facts)) == "unknown cgroup-layout");
}

TEST_CASE("a machine that is not running is judged by what its systemd will mount") {
  auto facts = debian_12();
  facts.live = facts.proc = false;
  facts.cgroups = {};
  CHECK(gist(judged(facts)) == "ready");
  facts.os = {"ubuntu", "20.04", "Ubuntu 20.04.6 LTS", "focal", {"debian"}};
  CHECK(gist(judged(facts)) == "fixable cgroup-layout");
  facts.os.version = "22.04";
  CHECK(gist(judged(facts)) == "ready");
  set_command_line(facts, "systemd.unified_cgroup_hierarchy=0");
  CHECK(gist(judged(facts)) == "fixable boot-parameter");
}

TEST_CASE("the drop-in takes whole items off the list, all of them, however the parameter is written") {
  const auto left = [](const std::string& text) {
    return host::BootParameters::parse(without_memory(text)).lists("cgroup_disable", "memory");
  };
  CHECK_FALSE(left("quiet cgroup_disable=memory"));
  CHECK_FALSE(left("cgroup_disable=cpu,memory,io ro"));
  CHECK_FALSE(left("cgroup_disable=memory cgroup_disable=memory cgroup-disable=memory,memory"));
  const auto rest =
      host::BootParameters::parse(without_memory("a cgroup_disable=memoryx,memory,cpuset b=memory"));
  CHECK(rest.lists("cgroup_disable", "memoryx"));
  CHECK(rest.lists("cgroup_disable", "cpuset"));
  CHECK(rest.last("b") == "memory");
  CHECK(rest.last("a"));
}

TEST_CASE("a controller that will be missing after the boot is found on a disk") {
  auto facts = on_disk();
  set_command_line(facts, "cgroup_disable=cpu,cpuset");
  CHECK(gist(judged(facts)) == "fixable boot-parameter");
  CHECK(says(judged(facts), "without the cpu controller"));
  set_command_line(facts, "quiet");
  set_release(facts, "6.0.9");
  set_config(facts, "# CONFIG_MEMCG is not set\n");
  CHECK(gist(judged(facts)) == "fixable kernel-config");
}

TEST_CASE("systemd's switch is read as systemd reads it, and in the future tense on a disk") {
  auto facts = on_disk();
  for (const auto* word : {"0", "no", "N", "False", "f", "OFF"}) {
    CAPTURE(word);
    set_command_line(facts, std::string("systemd.unified_cgroup_hierarchy=") + word);
    CHECK(gist(judged(facts)) == "fixable boot-parameter");
    CHECK(says(judged(facts), "will mount"));
  }
  set_command_line(facts, "systemd.unified_cgroup_hierarchy=perhaps");
  CHECK(gist(judged(facts)) == "ready");
}

TEST_CASE("from Debian 13 on version 1 has to be forced") {
  auto facts = on_disk();
  facts.os.version = "13";
  set_command_line(facts, "systemd.unified_cgroup_hierarchy=0");
  CHECK(gist(judged(facts)) == "ready");
  set_command_line(facts, "systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1");
  CHECK(gist(judged(facts)) == "fixable boot-parameter");
}

TEST_CASE("Debian without a version is its newest, and a derivative goes by its base") {
  auto facts = on_disk();
  facts.os = {"debian", "", "Debian GNU/Linux forky/sid", "forky", {}};
  CHECK(gist(judged(facts)) == "ready");
  facts.os = {"linuxmint", "20.3", "Linux Mint 20.3", "una", {"ubuntu", "debian"}, "focal"};
  CHECK(gist(judged(facts)) == "fixable cgroup-layout");
  facts.os = {"gentoo", "", "Gentoo", "", {}};
  CHECK(gist(judged(facts)) == "unknown cgroup-layout");
}

TEST_CASE("a chroot without a cgroup mount says nothing of the host") {
  auto facts = debian_12();
  facts.cgroups = {};
  facts.cgroups.layout = host::CgroupLayout::none;
  CHECK(gist(judged(facts)) == "impossible cgroup-layout");
  facts.confinement.chroot = true;
  CHECK(gist(judged(facts)) == "unknown chroot");
  CHECK(judged(facts).evidence[0].says == "no cgroup mount");
}

TEST_CASE("mounts that cannot be read, and a /proc that is not there, are no layout") {
  auto facts = debian_12();
  facts.cgroups = {};
  facts.proc = false;
  CHECK(says(judged(facts), "mount -t proc"));
  facts.unreadable = {{host::About::mounts, "/proc/self/mountinfo", "Permission denied"}};
  CHECK(gist(judged(facts)) == "unknown");
  CHECK(says(judged(facts), "/proc/self/mountinfo"));
}
