#include <doctest/doctest.h>

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
  set_config(facts, "# CONFIG_MEMCG is not set\n");
  CHECK(gist(judged(facts)) == "fixable kernel-config");
  set_config(facts, "CONFIG_MEMCG=y\n");
  CHECK(gist(judged(facts)) == "unknown cgroup-layout");
}

TEST_CASE("a machine that is not running is judged by what its systemd will mount") {
  auto facts = debian_12();
  facts.live = false;
  facts.cgroups = {};
  CHECK(gist(judged(facts)) == "ready");
  facts.os = {"ubuntu", "20.04", "Ubuntu 20.04.6 LTS", "focal", {"debian"}};
  CHECK(gist(judged(facts)) == "fixable cgroup-layout");
  facts.os.version = "22.04";
  CHECK(gist(judged(facts)) == "ready");
  set_command_line(facts, "systemd.unified_cgroup_hierarchy=0");
  CHECK(gist(judged(facts)) == "fixable boot-parameter");
}
