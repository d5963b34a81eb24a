#include <doctest/doctest.h>

#include "unit/features/situation.hpp"

using namespace kerneltour;
using namespace kerneltour::test;
using probes::Id;

namespace {

constexpr const char* default_disabled = "CONFIG_PSI=y\nCONFIG_PSI_DEFAULT_DISABLED=y\n";

probes::Answers readable() {
  probes::Answers answers;
  answers[Id::psi_read] = worked();
  return answers;
}

probes::Answers unreadable(int error) {
  probes::Answers answers;
  answers[Id::psi_read] = refused("open(/proc/pressure/cpu)", error);
  return answers;
}

}  // namespace

TEST_CASE("PSI that can be read is ready") {
  CHECK(gist(judge(features::psi, debian_12(), readable())) == "ready");
}

TEST_CASE("PSI disabled by default and enabled by psi=1 is ready, and the verdict says so") {
  auto facts = debian_12();
  set_config(facts, default_disabled);
  set_command_line(facts, "quiet psi=1");
  const auto verdict = judge(features::psi, facts, readable());
  CHECK(gist(verdict) == "ready");
  CHECK(says(verdict, "psi=1 on the command line enables it"));
}

TEST_CASE("PSI disabled by default is told from PSI disabled by psi=0") {
  auto facts = debian_12();
  set_config(facts, default_disabled);
  const auto by_default = judge(features::psi, facts, unreadable(ENOENT));
  CHECK(gist(by_default) == "fixable boot-parameter");
  CHECK(says(by_default, "disabled by default"));

  set_command_line(facts, "psi=1 quiet psi=0");
  const auto by_parameter = judge(features::psi, facts, unreadable(ENOENT));
  CHECK(gist(by_parameter) == "fixable boot-parameter");
  CHECK(says(by_parameter, "disabled by psi=0"));
}

TEST_CASE("every spelling of off that the kernel takes disables PSI") {
  for (const auto* spelling : {"psi=0", "psi=n", "psi=No", "psi=off", "psi=OFF", "psi=false"}) {
    CAPTURE(spelling);
    auto facts = debian_12();
    set_command_line(facts, spelling);
    CHECK(says(judge(features::psi, facts, unreadable(ENOENT)), "disabled by psi=0"));
  }
}

TEST_CASE("a kernel built without PSI needs another kernel") {
  auto facts = debian_12();
  set_config(facts, "# CONFIG_PSI is not set\n");
  set_release(facts, "6.0.9");
  const auto verdict = judge(features::psi, facts, unreadable(ENOENT));
  CHECK(gist(verdict) == "fixable kernel-config");
  CHECK(commands_of(verdict) == "apt-get update\napt-get install linux-image-amd64\n");
  CHECK(verdict.fixes[0].reboot);
}

TEST_CASE("a kernel before 4.20 is too old for PSI") {
  auto facts = debian_12();
  set_release(facts, "4.19.0-27-amd64");
  set_config(facts, "CONFIG_NAMESPACES=y\n");
  CHECK(gist(judge(features::psi, facts, unreadable(ENOENT))) == "fixable kernel-version");
}

TEST_CASE("an old kernel that has PSI carried back is ready: the kernel's answer counts") {
  auto facts = debian_12();
  set_release(facts, "4.18.0-553.el8.x86_64");
  CHECK(gist(judge(features::psi, facts, readable())) == "ready");
}

TEST_CASE("EOPNOTSUPP is a PSI that is built in and disabled, whatever the configuration") {
  auto facts = debian_12();
  facts.config = {};
  set_release(facts, "5.4.0-1-amd64");
  CHECK(gist(judge(features::psi, facts, unreadable(EOPNOTSUPP))) == "fixable boot-parameter");
}

TEST_CASE("no /proc/pressure and no configuration cannot be told apart, and is unknown") {
  auto facts = debian_12();
  facts.config = {};
  CHECK(gist(judge(features::psi, facts, unreadable(ENOENT))) == "unknown kernel-config");
}

TEST_CASE("pressure of control groups hidden by cgroup_disable=pressure is not ready") {
  auto facts = debian_12();
  set_command_line(facts, "cgroup_disable=memory,pressure");
  const auto verdict = judge(features::psi, facts, readable());
  CHECK(gist(verdict) == "fixable boot-parameter");
  CHECK(says(verdict, "cgroup_disable=pressure"));
  CHECK(commands_of(verdict).find("zz-kerneltour-no-cgroup-disable-pressure.cfg") != std::string::npos);
}

TEST_CASE(
    "a boot parameter cannot be set from a container, on WSL or without GRUB, and the verdict says who can") {
  auto facts = debian_12();
  set_command_line(facts, "psi=0");
  facts.boot_loader = host::BootLoader::none;
  CHECK(gist(judge(features::psi, facts, unreadable(ENOENT))) == "impossible boot-parameter");
  CHECK(says(judge(features::psi, facts, unreadable(ENOENT)), "no GRUB"));
  facts.confinement.container = "docker";
  CHECK(says(judge(features::psi, facts, unreadable(ENOENT)), "docker container"));
  facts.confinement = {};
  facts.confinement.wsl = true;
  CHECK(says(judge(features::psi, facts, unreadable(ENOENT)), ".wslconfig"));
}

TEST_CASE("the fix puts psi=1 behind what else stands on the command line, in a drop-in of its own") {
  auto facts = debian_12();
  set_command_line(facts, "psi=0");
  CHECK(commands_of(judge(features::psi, facts, unreadable(ENOENT))) ==
        "mkdir -p /etc/default/grub.d\n"
        "printf '%s\\n' 'GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT psi=1\"' > "
        "/etc/default/grub.d/zz-kerneltour-psi.cfg\n"
        "update-grub\n");
}

TEST_CASE("a kernel that is not running is judged by its configuration and command line") {
  auto facts = debian_12();
  facts.live = false;
  facts.proc = false;
  CHECK(gist(judge(features::psi, facts)) == "ready");
  set_config(facts, default_disabled);
  CHECK(gist(judge(features::psi, facts)) == "fixable boot-parameter");
  set_command_line(facts, "psi=1");
  CHECK(gist(judge(features::psi, facts)) == "ready");
  set_command_line(facts, "psi=0");
  CHECK(gist(judge(features::psi, facts)) == "fixable boot-parameter");
  facts.config = {};
  CHECK(gist(judge(features::psi, facts)) == "unknown kernel-config");
}

TEST_CASE("triggers are ready when an ordinary user armed one") {
  auto answers = readable();
  answers[Id::psi_trigger] = worked();
  CHECK(gist(judge(features::psi_triggers, debian_12(), answers)) == "ready");
}

TEST_CASE("triggers that only root may arm are a matter of privilege, and ready where root is asking") {
  auto facts = debian_12();
  set_release(facts, "5.10.0-30-amd64");
  auto answers = readable();
  answers[Id::psi_trigger] = refused("open(/proc/pressure/cpu, O_RDWR)", EACCES);
  CHECK(gist(judge(features::psi_triggers, facts, answers)) == "fixable privilege");
  answers[Id::psi_trigger_privileged] = worked();
  CHECK(gist(judge(features::psi_triggers, facts, answers)) == "ready");
}

TEST_CASE("triggers of a kernel that is not running are root's before 6.1") {
  auto facts = debian_12();
  facts.live = false;
  facts.proc = false;
  CHECK(gist(judge(features::psi_triggers, facts)) == "ready");
  set_release(facts, "5.10.0-30-amd64");
  CHECK(gist(judge(features::psi_triggers, facts)) == "fixable privilege");
}

TEST_CASE("a /proc that was captured without pressure is no proof that there is any") {
  auto facts = debian_12();
  facts.live = false;
  CHECK(gist(judge(features::psi, facts)) == "unknown kernel-config");
  facts.proc = false;
  CHECK(gist(judge(features::psi, facts)) == "ready");
}

TEST_CASE("triggers are blocked by what blocks PSI, and by a kernel before 5.2") {
  auto facts = debian_12();
  set_command_line(facts, "psi=0");
  auto answers = unreadable(ENOENT);
  answers[Id::psi_trigger] = refused("open(/proc/pressure/cpu, O_RDWR)", ENOENT);
  CHECK(gist(judge(features::psi_triggers, facts, answers)) == "fixable boot-parameter");
  set_release(facts, "5.1.0-1-amd64");
  CHECK(gist(judge(features::psi_triggers, facts, answers)) == "fixable kernel-version");
}

TEST_CASE("a distribution's own kernel without PSI is not replaced by itself") {
  auto facts = debian_12();
  set_config(facts, "# CONFIG_PSI is not set\n");
  const auto verdict = judge(features::psi, facts, unreadable(ENOENT));
  CHECK(gist(verdict) == "impossible kernel-config");
  CHECK(says(verdict, "has no later one"));
  facts.os.version = "11";
  set_release(facts, "5.10.0-30-amd64");
  CHECK(commands_of(judge(features::psi, facts, unreadable(ENOENT))).find("linux-image-6.1-amd64") !=
        std::string::npos);
}

TEST_CASE("a kernel that GRUB would not choose by itself is to be chosen in its menu") {
  auto facts = debian_12();
  set_config(facts, "# CONFIG_PSI is not set\n");
  set_release(facts, "6.18.44");
  const auto verdict = judge(features::psi, facts, unreadable(ENOENT));
  REQUIRE(verdict.fixes.size() == 1);
  CHECK(verdict.fixes[0].summary == "install a kernel of the distribution, and choose it in GRUB's menu");
}

TEST_CASE("without /proc the pressure cannot be looked at, in a container or not") {
  auto facts = debian_12();
  facts.proc = false;
  facts.confinement.container = "docker";
  const auto verdict = judge(features::psi, facts, unreadable(ENOENT));
  CHECK(gist(verdict) == "unknown");
  CHECK(says(verdict, "mount -t proc proc /proc"));
}

TEST_CASE("a command line that cannot be read leaves PSI open") {
  auto facts = debian_12();
  facts.live = facts.proc = false;
  facts.boot_parameters.reset();
  CHECK(gist(judge(features::psi, facts)) == "ready");
  facts.unreadable = {{host::About::boot_parameters, "/boot/grub/grub.cfg", "Permission denied"}};
  const auto verdict = judge(features::psi, facts);
  CHECK(gist(verdict) == "unknown");
  CHECK(verdict.evidence.back().source == "/boot/grub/grub.cfg");
  CHECK(verdict.evidence.back().says == "Permission denied");
}

TEST_CASE("what is said once is not said again: triggers for root are run as root") {
  auto facts = debian_12();
  set_release(facts, "5.10.0-30-amd64");
  auto answers = readable();
  answers[Id::psi_trigger] = refused("open(/proc/pressure/cpu, O_RDWR)", EACCES);
  const auto verdict = judge(features::psi_triggers, facts, answers);
  REQUIRE(verdict.fixes.size() == 1);
  CHECK(verdict.fixes[0].id == "privilege:root");
  CHECK(verdict.fixes[0].summary == "run as root");
}
