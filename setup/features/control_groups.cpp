#include <fmt/format.h>

#include <algorithm>

#include "features/all.hpp"
#include "features/cgroup2.hpp"
#include "features/delegation.hpp"
#include "features/remedies.hpp"
#include "features/untold.hpp"
#include "host/user_manager.hpp"

namespace kerneltour::features {
namespace {

using host::CgroupLayout;
using probes::Id;

constexpr std::string_view since = "4.5";
constexpr std::string_view documents[] = {"cgroups(7)",
                                          "Documentation/admin-guide/cgroup-v2.rst (Delegation)",
                                          "systemd.resource-control(5): Delegate=",
                                          "user@.service(5)",
                                          "loginctl(1): enable-linger",
                                          "systemd.io/CGROUP_DELEGATION"};
constexpr Id asked[] = {Id::systemd_manager, Id::systemd_manager_root, Id::control_group,
                        Id::control_group_root};
constexpr std::string_view legacy = "systemd.legacy_systemd_cgroup_controller";

bool is_root(const Situation& situation) { return situation.owner.uid == 0; }

/// "root", "user ann"
std::string owner(const Situation& situation) {
  return is_root(situation) ? "root" : called(situation.owner);
}

/// What the kernel answered about who is to make the groups. They are the caller or the ordinary user, and
/// the same where these are one.
const probes::Outcome& answer(const Situation& situation, Id as_ordinary, Id as_root) {
  return situation.answers[situation.owner.uid == situation.ordinary.uid ? as_ordinary : as_root];
}

const probes::Outcome& manager(const Situation& situation) {
  return answer(situation, Id::systemd_manager, Id::systemd_manager_root);
}

const probes::Outcome& group(const Situation& situation) {
  return answer(situation, Id::control_group, Id::control_group_root);
}

EvidenceList gather(const Situation& situation) {
  const auto& cgroups = situation.facts.cgroups;
  EvidenceList evidence;
  if (!cgroups.v2_point.empty())
    evidence.push_back({cgroups.v2_point + "/cgroup.controllers", in_words(cgroups.v2_controllers)});
  if (const auto* delegated = cgroups.delegated_to(situation.owner.uid))
    evidence.push_back(
        {fmt::format("{}{}/cgroup.controllers", cgroups.v2_point, host::manager_group(delegated->user)),
         in_words(delegated->controllers)});
  add_probe(evidence, manager(situation), owner(situation));
  add_probe(evidence, group(situation), owner(situation));
  return evidence;
}

std::string with(const std::vector<std::string>& controllers) {
  return controllers.empty() ? "without controllers, which version 1 has or nobody"
                             : "with " + in_words(controllers);
}

/// systemd makes a scope, with the controllers that it has itself been given.
Verdict by_systemd(const Situation& situation, EvidenceList evidence) {
  const auto& cgroups = situation.facts.cgroups;
  if (is_root(situation))
    return ready(fmt::format("root can ask systemd for a control group, {}", with(cgroups.v2_controllers)),
                 std::move(evidence));
  const auto* delegated = cgroups.delegated_to(situation.owner.uid);
  if (!delegated)
    return ready(fmt::format("{} can ask a manager of systemd's for a control group", owner(situation)),
                 std::move(evidence));
  const auto missing = not_delegated(cgroups, *delegated);
  auto verdict = ready(fmt::format("{} can ask a manager of systemd's for a control group, {}",
                                   owner(situation), with(delegated->controllers)),
                       std::move(evidence));
  if (missing.empty()) return verdict;
  verdict.reason +=
      fmt::format("; {} {} not delegated", in_words(missing), missing.size() == 1 ? "is" : "are");
  verdict.fixes.push_back(delegation(situation.owner));
  return verdict;
}

Verdict by_writing(const Situation& situation, EvidenceList evidence) {
  const auto& cgroups = situation.facts.cgroups;
  if (is_root(situation))
    return ready(
        fmt::format("root can make control groups in {}, {}", cgroups.v2_point, with(cgroups.v2_controllers)),
        std::move(evidence));
  return ready(fmt::format("the control group of this process is delegated to {}, {}", owner(situation),
                           with(cgroups.own_controllers)),
               std::move(evidence));
}

Verdict not_for_this_container(const host::Facts& facts, EvidenceList evidence) {
  return impossible(Layer::container,
                    fmt::format("the container may not make control groups: it was not given {} to write to",
                                facts.cgroups.v2_point),
                    std::move(evidence));
}

Verdict nobody_delegates(const Situation& situation, EvidenceList evidence) {
  return impossible(
      Layer::privilege,
      fmt::format("only root may make control groups here: there is no systemd that would delegate "
                  "a part of the tree to {}",
                  owner(situation)),
      std::move(evidence));
}

Verdict refused_to_root(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  if (!facts.confinement.container.empty()) return not_for_this_container(facts, std::move(evidence));
  if (!facts.user_namespace.initial)
    return impossible(Layer::privilege,
                      "root of this user namespace may not make control groups: none is delegated to it",
                      std::move(evidence));
  return no_verdict(group(situation), std::move(evidence));
}

Verdict refused_to_user(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  if (!facts.systemd) return nobody_delegates(situation, std::move(evidence));
  if (situation.owner.name == "nobody")
    return unknown(Layer::privilege,
                   "nobody should have no control groups: name another user, with --as USER",
                   std::move(evidence));
  return needs_user_manager(facts, situation.owner, std::move(evidence));
}

/// Version 2 is mounted, and the kernel was not asked.
Verdict judge_unasked(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  if (facts.cgroups.v2_read_only && !facts.confinement.container.empty())
    return not_for_this_container(facts, std::move(evidence));
  if (is_root(situation))
    return ready(fmt::format("version 2 is mounted at {}, and root may write there", facts.cgroups.v2_point),
                 std::move(evidence));
  if (!facts.systemd) return nobody_delegates(situation, std::move(evidence));
  return ready(fmt::format("version 2 is mounted, and systemd delegates a part of it to {} after a login",
                           owner(situation)),
               std::move(evidence));
}

Verdict judge_mounted(const Situation& situation, EvidenceList evidence) {
  if (manager(situation).worked()) return by_systemd(situation, std::move(evidence));
  if (group(situation).worked()) return by_writing(situation, std::move(evidence));
  if (!group(situation).asked()) return judge_unasked(situation, std::move(evidence));
  if (group(situation).result != probes::Outcome::Result::refused)
    return no_verdict(group(situation), std::move(evidence));
  return is_root(situation) ? refused_to_root(situation, std::move(evidence))
                            : refused_to_user(situation, std::move(evidence));
}

/// No mounts to look at: the machine is not running. systemd mounts version 2 beside version 1, too, unless
/// it is told not to (systemd(1)).
Verdict judge_before_boot(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  if (!facts.systemd)
    return unknown(Layer::cgroup_layout,
                   "no mounted control groups to look at, and no systemd that would mount them",
                   std::move(evidence));
  if (auto verdict = unreadable_command_line(facts, evidence)) return *verdict;
  if (facts.boot_parameters && facts.boot_parameters->last(legacy)) return judge_unified_hierarchy(situation);
  if (config_state(facts, "CONFIG_CGROUPS") == host::ConfigState::off) {
    add_config(evidence, facts, {"CONFIG_CGROUPS"});
    return needs_other_kernel(facts, Layer::kernel_config,
                              "the kernel was built without control groups (CONFIG_CGROUPS is not set)",
                              std::move(evidence), since);
  }
  return ready("its systemd mounts version 2 at boot, and delegates a part of it to each user who logs in",
               std::move(evidence));
}

Verdict judge(const Situation& situation) {
  const auto& facts = situation.facts;
  auto evidence = gather(situation);
  if (auto verdict = unreadable(facts, {host::About::mounts}, evidence)) return *verdict;
  if (auto verdict = no_proc(facts, evidence)) return *verdict;
  switch (facts.cgroups.layout) {
    case CgroupLayout::unified:
    case CgroupLayout::hybrid:
      return judge_mounted(situation, std::move(evidence));
    case CgroupLayout::none:
    case CgroupLayout::v1:
      return judge_unified_hierarchy(situation);
    case CgroupLayout::unknown:
      break;
  }
  return judge_before_boot(situation, std::move(evidence));
}

}  // namespace

const Feature control_groups = {
    "control-groups",
    "Control groups of one's own",
    since,
    "A part of the version 2 tree in which one may make groups and move one's processes: for root all of it, "
    "for others what is delegated to them. systemd delegates a group to the manager of each user who is "
    "logged in, and the manager gives parts of it away on request. Which controllers are in it is the "
    "administrator's choice.",
    documents,
    asked,
    {},
    judge,
};

}  // namespace kerneltour::features
