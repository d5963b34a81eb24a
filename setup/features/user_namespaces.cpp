#include "features/user_namespaces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <numeric>
#include <vector>

#include "features/all.hpp"
#include "features/remedies.hpp"
#include "features/untold.hpp"

namespace kerneltour::features {
namespace {

using probes::Id;
using Result = probes::Outcome::Result;

constexpr std::string_view since = "3.8";
constexpr std::string_view documents[] = {"user_namespaces(7)", "unshare(2)", "namespaces(7)"};
constexpr Id asked[] = {Id::user_namespace, Id::user_namespace_root, Id::root_directory};

constexpr std::string_view limit = "user.max_user_namespaces";
constexpr std::string_view debian_switch = "kernel.unprivileged_userns_clone";
constexpr std::string_view apparmor_switch = "kernel.apparmor_restrict_unprivileged_userns";
constexpr std::string_view creation = "unshare(CLONE_NEWUSER)";

EvidenceList gather(const Situation& situation) {
  EvidenceList evidence;
  add_probe(evidence, situation.answers[Id::user_namespace], called(situation.ordinary));
  add_probe(evidence, situation.answers[Id::user_namespace_root], "root");
  add_config(evidence, situation.facts, {"CONFIG_USER_NS"});
  for (const auto name : {limit, debian_switch, apparmor_switch}) add_sysctl(evidence, situation.facts, name);
  return evidence;
}

Verdict not_built(const host::Facts& facts, EvidenceList evidence) {
  return needs_other_kernel(facts, Layer::kernel_config,
                            "the kernel was built without user namespaces (CONFIG_USER_NS is not set)",
                            std::move(evidence), since);
}

Verdict switched_off_by_debian(const host::Facts& facts, EvidenceList evidence) {
  return needs_sysctl(facts, fmt::format("{} is 0: only root may create one", debian_switch),
                      std::move(evidence), std::string(debian_switch), "1");
}

/// A profile for our own programs; the restriction itself stays (ubuntu.com, "Restricted unprivileged user
/// namespaces"). A host that is not running loads it when it boots.
Fix apparmor_profile(const host::Facts& facts) {
  const FixFile file = {"/etc/apparmor.d/kerneltour",
                        {"abi <abi/4.0>,", "include <tunables/global>",
                         "profile kerneltour /usr/{bin/kerneltour,libexec/kerneltour/**} flags=(unconfined) {",
                         "  userns,", "  include if exists <local/kerneltour>", "}"}};
  std::vector<std::string> commands = {write_command(file)};
  if (facts.live) commands.push_back(fmt::format("apparmor_parser -r {}", file.path));
  return {"apparmor-profile:kerneltour",
          "allow kerneltour's own programs, and no others, to create user namespaces", std::move(commands),
          true, false, {file}};
}

Verdict restricted_by_apparmor(const host::Facts& facts, std::string reason, EvidenceList evidence) {
  if (!facts.confinement.container.empty())
    return impossible(Layer::security_module,
                      fmt::format("{}; {}, and so is its AppArmor", reason, foreign_kernel(facts)),
                      std::move(evidence));
  return fixable(Layer::security_module, std::move(reason), std::move(evidence), {apparmor_profile(facts)});
}

/// Whether the setting means anything: AppArmor may not be there, or be switched off at boot.
bool apparmor_is_off(const host::Facts& facts) {
  if (!facts.security_modules.source.empty()) return !facts.security_modules.has("apparmor");
  return facts.boot_parameters && host::apparmor_off_at_boot(*facts.boot_parameters);
}

bool apparmor_restricts(const host::Facts& facts) {
  return sysctl_number(facts, apparmor_switch) == 1 && !apparmor_is_off(facts);
}

/// Debian's patch, which its kernels start with off before 5.10.
bool debian_switch_is_off(const host::Facts& facts) {
  if (const auto value = sysctl_number(facts, debian_switch)) return *value == 0;
  return !facts.live && facts.release && facts.release->origin == host::KernelOrigin::debian &&
         is_before(facts, "5.10");
}

/// Docker's default seccomp profile, as far as files show it (docs.docker.com/engine/security/seccomp).
bool docker_forbids(const host::Facts& facts) {
  return facts.confinement.container == "docker" && facts.confinement.seccomp_filter;
}

Verdict refused_by_apparmor(const host::Facts& facts, EvidenceList evidence) {
  return restricted_by_apparmor(
      facts, fmt::format("AppArmor refuses them to ordinary users ({} is 1)", apparmor_switch),
      std::move(evidence));
}

/// What is left are the two that an ordinary user cannot look at: whether "/" is a chroot, which the kernel
/// tells root alone, and the rules of a security module.
Verdict judge_unexplained(const Situation& situation, EvidenceList evidence) {
  const auto& modules = situation.facts.security_modules;
  if (situation.answers[Id::root_directory].worked() || modules.has("selinux"))
    return unknown(
        Layer::security_module,
        "the kernel forbids them, and no setting, filter or chroot is the cause: a rule of a security "
        "module may be",
        std::move(evidence));
  return impossible(
      Layer::chroot,
      "the kernel forbids them as it does inside a chroot, and no setting or filter that can be seen "
      "from here does",
      std::move(evidence));
}

/// Who creates one has to have IDs in the namespace around it (user_namespaces(7)).
std::optional<Verdict> without_ids(const host::Facts& facts, EvidenceList evidence) {
  const auto& here = facts.user_namespace;
  if (here.initial || here.has_user(here.caller)) return std::nullopt;
  evidence.push_back({"/proc/self/uid_map", fmt::format("has no user {}", here.caller)});
  return unknown(Layer::privilege,
                 "kerneltour runs in a user namespace where its own user ID is not mapped, and may create "
                 "none there: leave that user namespace, or map an ID in it",
                 std::move(evidence));
}

/// EPERM has many fathers; here from the surest to the least.
Verdict judge_forbidden(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  if (auto verdict = without_ids(facts, evidence)) return *verdict;
  const bool root_may = situation.answers[Id::user_namespace_root].worked();
  if (!root_may) {
    if (auto verdict = user_namespace_in_a_chroot(situation, evidence)) return *verdict;
  }
  if (debian_switch_is_off(facts)) return switched_off_by_debian(facts, std::move(evidence));
  if (!facts.confinement.container.empty()) {
    evidence.push_back({"container", facts.confinement.container_evidence});
    return impossible(
        Layer::container,
        fmt::format("the container's own rules forbid them (seccomp, as Docker's default profile "
                    "does): {}",
                    foreign_kernel(facts)),
        std::move(evidence));
  }
  if (apparmor_restricts(facts)) return refused_by_apparmor(facts, std::move(evidence));
  if (facts.confinement.seccomp_filter) {
    evidence.push_back({"/proc/self/status", "Seccomp: 2"});
    return impossible(
        Layer::seccomp,
        "a seccomp filter on this process forbids them: start kerneltour outside of the sandbox or "
        "service that set it",
        std::move(evidence));
  }
  return judge_unexplained(situation, std::move(evidence));
}

Verdict judge_creation_refused(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  switch (situation.answers[Id::user_namespace].error) {
    case ENOSPC:
    case EUSERS:
      return exhausted(facts, limit, std::move(evidence));
    case EINVAL:
    case ENOSYS:
      if (config_state(facts, "CONFIG_USER_NS") != host::ConfigState::built_in)
        return not_built(facts, std::move(evidence));
      break;
  }
  return judge_forbidden(situation, std::move(evidence));
}

/// The namespace was made, and then a call inside it was refused.
Verdict judge_powerless(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  const auto& outcome = situation.answers[Id::user_namespace];
  if (auto verdict = no_proc(facts, evidence)) return *verdict;
  const auto reason = fmt::format("they can be created, and are powerless: {}", outcome.says());
  if (outcome.error == ENOSPC)
    return unknown(Layer::sysctl, fmt::format("{} (a limit in /proc/sys/user is used up)", reason),
                   std::move(evidence));
  if (apparmor_restricts(facts))
    return restricted_by_apparmor(
        facts, fmt::format("{}; AppArmor takes the capabilities away ({} is 1)", reason, apparmor_switch),
        std::move(evidence));
  if (!facts.confinement.container.empty())
    return impossible(Layer::container, fmt::format("{}; {}", reason, foreign_kernel(facts)),
                      std::move(evidence));
  if (facts.confinement.seccomp_filter) return impossible(Layer::seccomp, reason, std::move(evidence));
  return unknown(Layer::security_module, reason, std::move(evidence));
}

/// What settings say of a kernel that has them in it, all that forbid them together; nullopt where they allow it.
std::optional<Verdict> forbidden_by_settings(const host::Facts& facts, const EvidenceList& evidence) {
  std::vector<Verdict> verdicts;
  if (sysctl_number(facts, limit) == 0) verdicts.push_back(none_allowed(facts, limit, {}));
  if (debian_switch_is_off(facts)) verdicts.push_back(switched_off_by_debian(facts, {}));
  if (docker_forbids(facts))
    verdicts.push_back(impossible(
        Layer::container,
        "Docker's seccomp profile forbids them, unless the container was started with another one", {}));
  if (apparmor_restricts(facts)) verdicts.push_back(refused_by_apparmor(facts, {}));
  if (verdicts.empty()) return std::nullopt;
  auto verdict = std::accumulate(std::next(verdicts.begin()), verdicts.end(), verdicts.front(), also);
  verdict.evidence.insert(verdict.evidence.begin(), evidence.begin(), evidence.end());
  return verdict;
}

/// The kernel gives one reason, and behind it other settings may forbid them, too.
Verdict with_what_is_behind(Verdict verdict, const host::Facts& facts) {
  if (verdict.status != Status::fixable) return verdict;
  for (const auto& fix : verdict.fixes) {
    if (!fix.id.starts_with("sysctl:") && !fix.id.starts_with("apparmor-profile:")) return verdict;
  }
  auto all = forbidden_by_settings(facts, {});
  if (!all) return verdict;
  // The kernel's reason is one of the settings, whose order is that of all of them; or it is a limit that is used up.
  const auto is_the_reason = [&](const Fix& fix) { return fix.id == verdict.fixes.front().id; };
  if (std::none_of(all->fixes.begin(), all->fixes.end(), is_the_reason)) return also(std::move(verdict), *all);
  if (all->fixes.size() == 1) return verdict;
  all->evidence = std::move(verdict.evidence);
  return *all;
}

Verdict judge_offline(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  if (is_before(facts, since))
    return needs_other_kernel(facts, Layer::kernel_version,
                              fmt::format("Linux {} is older than {}", facts.release->text, since),
                              std::move(evidence), since);
  const auto config = config_state(facts, "CONFIG_USER_NS");
  if (config == host::ConfigState::off || config_state(facts, "CONFIG_NAMESPACES") == host::ConfigState::off)
    return not_built(facts, std::move(evidence));
  if (auto verdict = unreadable(facts, {host::About::settings}, evidence)) return *verdict;
  if (auto verdict = unreadable_command_line(facts, evidence)) return *verdict;
  if (auto verdict = forbidden_by_settings(facts, evidence)) return *verdict;
  if (config == host::ConfigState::built_in)
    return ready("built in, and no setting forbids them", std::move(evidence));
  return unknown(Layer::kernel_config,
                 "no configuration of this kernel was found that says whether it has them",
                 std::move(evidence));
}

Verdict judge_answer(const Situation& situation, EvidenceList evidence) {
  const auto& outcome = situation.answers[Id::user_namespace];
  if (outcome.worked())
    return ready(fmt::format("{} can create one, map an ID, mount and set the host name inside",
                             called(situation.ordinary)),
                 std::move(evidence));
  if (outcome.result != Result::refused) return no_verdict(outcome, std::move(evidence));
  if (outcome.call.starts_with("set"))
    return unknown(
        Layer::privilege,
        fmt::format("kerneltour could not become {}: {}", called(situation.ordinary), outcome.says()),
        std::move(evidence));
  if (outcome.call == creation)
    return with_what_is_behind(judge_creation_refused(situation, std::move(evidence)), situation.facts);
  return judge_powerless(situation, std::move(evidence));
}

}  // namespace

std::optional<Verdict> user_namespace_in_a_chroot(const Situation& situation, EvidenceList evidence) {
  const auto& confinement = situation.facts.confinement;
  const auto& root = situation.answers[Id::root_directory];
  if (!confinement.chroot && root.result != Result::wrong) return std::nullopt;
  if (confinement.chroot) evidence.push_back({"/proc/self/mountinfo", confinement.chroot_evidence});
  add_probe(evidence, root, "root");
  return impossible(
      Layer::chroot,
      "the kernel creates no user namespace inside a chroot (since Linux 3.9): run it outside of the chroot",
      std::move(evidence));
}

Verdict judge_user_namespaces(const Situation& situation) {
  auto evidence = gather(situation);
  if (situation.answers[Id::user_namespace].asked()) return judge_answer(situation, std::move(evidence));
  return judge_offline(situation, std::move(evidence));
}

const Feature user_namespaces = {
    "user-namespaces",
    "User namespaces for ordinary users",
    since,
    "A process may have IDs and capabilities that count only inside a namespace: root in there, an ordinary "
    "user outside. Kernels, distributions and containers restrict who may create one, and in ways that a "
    "version or a configuration does not show, so the check creates one, maps an ID and uses it.",
    documents,
    asked,
    {},
    judge_user_namespaces,
};

}  // namespace kerneltour::features
