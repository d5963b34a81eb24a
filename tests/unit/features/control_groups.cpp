#include <doctest/doctest.h>

#include "unit/features/situation.hpp"

using namespace kerneltour;
using namespace kerneltour::test;
using probes::Id;

namespace {

const std::string own_group = "access(/sys/fs/cgroup/user.slice/user-1000.slice/session-3.scope, W_OK)";

/// What the kernel says to a user who is not logged in.
probes::Answers no_manager() {
  probes::Answers answers;
  answers[Id::systemd_manager] = refused("connect(/run/user/1000/systemd/private)", ENOENT);
  answers[Id::control_group] = refused(own_group, EACCES);
  return answers;
}

probes::Answers with_manager() {
  auto answers = no_manager();
  answers[Id::systemd_manager] = worked();
  return answers;
}

/// Debian 12 with a bus for users, and these controllers delegated to ann's manager.
host::Facts delegating(std::vector<std::string> controllers) {
  auto facts = debian_12();
  facts.user_bus = true;
  facts.cgroups.delegated = {{1000, std::move(controllers)}};
  return facts;
}

host::Facts not_logged_in() {
  auto facts = debian_12();
  facts.user_bus = true;
  return facts;
}

features::Verdict judged(const host::Facts& facts, const probes::Answers& answers = {}) {
  return judge(features::control_groups, facts, answers);
}

/// As root, with nobody as the ordinary user.
features::Verdict judged_as_root(const host::Facts& facts, const probes::Answers& answers = {}) {
  return features::control_groups.judge({facts, answers, {"nobody", 65534}, {"root", 0}});
}

std::string fixes_of(const features::Verdict& verdict) {
  std::string text;
  for (const auto& fix : verdict.fixes) text += fix.id + " ";
  return text;
}

}  // namespace

TEST_CASE("a user whose manager answers is ready, with the controllers that are delegated") {
  const auto verdict = judged(delegating({"cpu", "io", "memory", "pids"}), with_manager());
  CHECK(gist(verdict) == "ready");
  CHECK(says(verdict, "user ann can ask a manager of systemd's"));
  CHECK(says(verdict, "cpu, io, memory and pids"));
  CHECK(verdict.fixes.empty());
}

TEST_CASE("a controller that is not delegated is named, and can be, though there is a place already") {
  const auto verdict = judged(delegating({"memory", "pids"}), with_manager());
  CHECK(gist(verdict) == "ready");
  CHECK(says(verdict, "cpu and io are not delegated"));
  CHECK(fixes_of(verdict) == "cgroup-delegation:ann ");
  CHECK(commands_of(verdict).find("'Delegate=cpu cpuset io memory' > "
                                  "/etc/systemd/system/user@1000.service.d/zz-kerneltour.conf") !=
        std::string::npos);
}

TEST_CASE("a controller that version 2 does not have cannot be delegated") {
  auto facts = delegating({});
  facts.cgroups.layout = host::CgroupLayout::hybrid;
  facts.cgroups.v2_controllers = {};
  const auto verdict = judged(facts, with_manager());
  CHECK(gist(verdict) == "ready");
  CHECK(says(verdict, "without controllers"));
  CHECK(verdict.fixes.empty());
}

TEST_CASE("a user who is not logged in gets a manager by lingering") {
  const auto verdict = judged(not_logged_in(), no_manager());
  CHECK(gist(verdict) == "fixable privilege");
  CHECK(fixes_of(verdict) == "user-manager:ann ");
  CHECK(commands_of(verdict).find("loginctl enable-linger ann\n") == 0);
}

TEST_CASE("a manager without a message bus needs its package, and one that is stopped is started") {
  auto facts = delegating({"cpu"});
  CHECK(fixes_of(judged(facts, no_manager())) == "user-bus ");
  facts.user_bus = false;
  CHECK(gist(judged(facts, no_manager())) == "fixable package");
  CHECK(fixes_of(judged(facts, no_manager())) == "package:dbus-user-session ");
  facts.cgroups.delegated = {};
  CHECK(fixes_of(judged(facts, no_manager())) == "package:dbus-user-session user-manager:ann ");
  facts.os = {"fedora", "40", "Fedora", "", {}};
  facts.cgroups.delegated = {{1000, {}}};
  CHECK(gist(judged(facts, no_manager())) == "impossible package");
}

TEST_CASE("a user's own group that may be written is enough, without systemd") {
  auto facts = debian_12();
  facts.systemd = false;
  facts.cgroups.own_controllers = {"memory"};
  auto answers = no_manager();
  answers[Id::control_group] = worked();
  CHECK(gist(judged(facts, answers)) == "ready");
  CHECK(says(judged(facts, answers), "with memory"));
}

TEST_CASE("without systemd nobody delegates, and that is said without a fix") {
  auto facts = debian_12();
  facts.systemd = false;
  const auto verdict = judged(facts, no_manager());
  CHECK(gist(verdict) == "impossible privilege");
  CHECK(verdict.fixes.empty());
}

TEST_CASE("root's own probes count for root, not those of the ordinary user") {
  auto answers = no_manager();
  answers[Id::systemd_manager_root] = refused("connect(/run/systemd/private)", ENOENT);
  answers[Id::control_group_root] = worked();
  CHECK(gist(judged_as_root(debian_12(), answers)) == "ready");
  CHECK(says(judged_as_root(debian_12(), answers), "root can make control groups in /sys/fs/cgroup"));
  answers[Id::systemd_manager_root] = worked();
  CHECK(says(judged_as_root(debian_12(), answers), "root can ask systemd"));
}

TEST_CASE("a container or a user namespace that was given no place is told from a kernel that refuses") {
  auto facts = debian_12();
  probes::Answers answers;
  answers[Id::systemd_manager_root] = refused("connect(/run/systemd/private)", ENOENT);
  answers[Id::control_group_root] = refused("access(/sys/fs/cgroup, W_OK)", EROFS);
  CHECK(gist(judged_as_root(facts, answers)) == "unknown");
  facts.user_namespace.initial = false;
  CHECK(gist(judged_as_root(facts, answers)) == "impossible privilege");
  facts.confinement.container = "docker";
  CHECK(gist(judged_as_root(facts, answers)) == "impossible container");
}

TEST_CASE("nobody is not given a manager") {
  const auto facts = not_logged_in();
  const auto answers = no_manager();
  const features::Subject nobody{"nobody", 65534};
  const auto verdict = features::control_groups.judge({facts, answers, nobody, nobody});
  CHECK(gist(verdict) == "unknown privilege");
  CHECK(says(verdict, "--as USER"));
}

TEST_CASE("a probe that gave no answer is no refusal") {
  auto answers = no_manager();
  answers[Id::control_group] = {probes::Outcome::Result::timed_out, "", 0};
  CHECK(gist(judged(not_logged_in(), answers)) == "unknown");
}

TEST_CASE("without version 2 the verdict is that of the layout") {
  auto facts = debian_12();
  facts.cgroups = {};
  facts.cgroups.layout = host::CgroupLayout::v1;
  CHECK(gist(judged(facts)) == "fixable cgroup-layout");
  facts.cgroups.layout = host::CgroupLayout::none;
  CHECK(gist(judged(facts)) == "impossible cgroup-layout");
}

TEST_CASE("a host that is not running will have what its systemd mounts") {
  auto facts = debian_12();
  facts.live = facts.proc = false;
  CHECK(gist(judged(facts)) == "ready");
  facts.cgroups = {};
  CHECK(gist(judged(facts)) == "ready");
  set_config(facts, "# CONFIG_CGROUPS is not set\n");
  set_release(facts, "6.0.9");
  CHECK(gist(judged(facts)) == "fixable kernel-config");
  set_config(facts, "CONFIG_CGROUPS=y\n");
  set_command_line(facts, "systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=1");
  CHECK(gist(judged(facts)) == "fixable boot-parameter");
  facts.systemd = false;
  CHECK(gist(judged(facts)) == "unknown cgroup-layout");
}

TEST_CASE(
    "the files of a host that is not running say where nobody delegates, and where nothing is to be had") {
  auto facts = debian_12();
  facts.live = facts.proc = false;
  facts.systemd = false;
  CHECK(gist(judged(facts)) == "impossible privilege");
  CHECK(gist(judged_as_root(facts)) == "ready");
  facts.confinement.container = "docker";
  facts.cgroups.v2_read_only = true;
  CHECK(gist(judged_as_root(facts)) == "impossible container");
}
