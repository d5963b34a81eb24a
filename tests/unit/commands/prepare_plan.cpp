#include "commands/prepare_plan.hpp"

#include <doctest/doctest.h>

using namespace kerneltour;

namespace {

const features::Feature first{"first", "", "", "", {}, {}, {}, nullptr};
const features::Feature second{"second", "", "", "", {}, {}, {}, nullptr};

features::Judged fixable(const features::Feature& feature, const std::vector<std::string>& ids) {
  features::Verdict verdict;
  verdict.status = features::Status::fixable;
  for (const auto& id : ids) verdict.fixes.push_back({id, "", {}, true, false});
  return {&feature, verdict};
}

std::string ids_of(const std::vector<commands::PlannedFix>& plan) {
  std::string text;
  for (const auto& planned : plan) text += planned.fix.id + " ";
  return text;
}

}  // namespace

TEST_CASE("a fix that two features need is planned once, for both") {
  const auto plan = commands::plan_fixes({fixable(first, {"package:lxc"}), fixable(second, {"package:lxc"})});
  REQUIRE(plan.size() == 1);
  CHECK(plan[0].features == std::vector<std::string>{"first", "second"});
}

TEST_CASE("packages come first, and what needs a reboot last") {
  const auto plan = commands::plan_fixes(
      {fixable(first, {"kernel:linux-image-amd64", "boot-parameter:psi=1", "sysctl:a=1"}),
       fixable(second, {"apparmor-profile:kerneltour", "subordinate-ids:ann", "package:uidmap"})});
  CHECK(ids_of(plan) ==
        "package:uidmap subordinate-ids:ann sysctl:a=1 apparmor-profile:kerneltour boot-parameter:psi=1 "
        "kernel:linux-image-amd64 ");
}

TEST_CASE("only what can be made ready is planned") {
  auto impossible = fixable(first, {"package:lxc"});
  impossible.verdict.status = features::Status::impossible;
  CHECK(commands::plan_fixes({impossible}).empty());
}

TEST_CASE("what adds to a feature that is ready is planned, too") {
  auto ready = fixable(first, {"cgroup-delegation:ann"});
  ready.verdict.status = features::Status::ready;
  CHECK(ids_of(commands::plan_fixes({ready})) == "cgroup-delegation:ann ");
}

TEST_CASE("a manager is started with what is delegated to it, and behind its packages") {
  const auto plan = commands::plan_fixes(
      {fixable(first, {"user-manager:ann", "cgroup-delegation:ann", "package:dbus-user-session"})});
  CHECK(ids_of(plan) == "package:dbus-user-session cgroup-delegation:ann user-manager:ann ");
}
