#include <fmt/format.h>

#include <cerrno>

#include "features/all.hpp"
#include "features/remedies.hpp"
#include "features/untold.hpp"
#include "features/user_namespaces.hpp"

namespace kerneltour::features {
namespace {

using probes::Id;
using Result = probes::Outcome::Result;

constexpr std::string_view since = "5.12";
constexpr std::string_view documents[] = {"mount_setattr(2)", "Documentation/filesystems/idmappings.rst"};
constexpr Id asked[] = {Id::idmapped_mount_call, Id::idmapped_mount, Id::root_directory};

EvidenceList gather(const Situation& situation) {
  EvidenceList evidence;
  add_probe(evidence, situation.answers[Id::idmapped_mount], "root");
  if (!situation.answers[Id::idmapped_mount].asked())
    add_probe(evidence, situation.answers[Id::idmapped_mount_call]);
  add_release(evidence, situation.facts);
  return evidence;
}

Verdict too_old(const host::Facts& facts, EvidenceList evidence) {
  return needs_other_kernel(facts, Layer::kernel_version,
                            fmt::format("Linux {} is older than {}, the first version with ID-mapped mounts",
                                        facts.release->text, since),
                            std::move(evidence), since);
}

/// mount_setattr(2) itself is missing or forbidden.
Verdict judge_no_call(const host::Facts& facts, const probes::Outcome& outcome, EvidenceList evidence) {
  if (outcome.result != Result::refused) return no_verdict(outcome, std::move(evidence));
  if (is_before(facts, since)) return too_old(facts, std::move(evidence));
  if (!facts.confinement.container.empty())
    return impossible(
        Layer::container,
        fmt::format("the container's own rules forbid mount_setattr(2); {}", foreign_kernel(facts)),
        std::move(evidence));
  if (facts.confinement.seccomp_filter)
    return impossible(Layer::seccomp, "a seccomp filter on this process forbids mount_setattr(2)",
                      std::move(evidence));
  return no_verdict(outcome, std::move(evidence));
}

/// Mounts of another user namespace may not be cloned, and only who owns a file system's namespace may give
/// it other IDs (fs/namespace.c: __do_loopback, can_idmap_mount).
Verdict judge_refused_mount(const host::Facts& facts, const probes::Outcome& outcome, EvidenceList evidence) {
  if (!facts.confinement.container.empty())
    return impossible(Layer::container, fmt::format("the container may not mount; {}", foreign_kernel(facts)),
                      std::move(evidence));
  if (!facts.user_namespace.initial)
    return unknown(Layer::privilege,
                   "kerneltour runs as root of a user namespace of its own, and / belongs to the one around "
                   "it: leave that user namespace",
                   std::move(evidence));
  return no_verdict(outcome, std::move(evidence));
}

Verdict judge_mount(const Situation& situation, const probes::Outcome& outcome, EvidenceList evidence) {
  const auto& facts = situation.facts;
  if (outcome.worked()) return ready("root can mount / with other IDs", std::move(evidence));
  if (outcome.result != Result::refused) return no_verdict(outcome, std::move(evidence));
  if (outcome.call.starts_with("clone")) {
    if (outcome.error == ENOSPC) return exhausted(facts, "user.max_user_namespaces", std::move(evidence));
    if (outcome.error == EPERM) {
      if (auto verdict = user_namespace_in_a_chroot(situation, evidence)) return *verdict;
    }
  }
  if (outcome.error == EINVAL && outcome.call.starts_with("mount_setattr"))
    return impossible(Layer::kernel_version,
                      "the root file system cannot be mounted with other IDs on this kernel",
                      std::move(evidence));
  if (outcome.error == EINVAL || outcome.error == EPERM)
    return judge_refused_mount(facts, outcome, std::move(evidence));
  return no_verdict(outcome, std::move(evidence));
}

Verdict judge(const Situation& situation) {
  const auto& facts = situation.facts;
  auto evidence = gather(situation);
  const auto& call = situation.answers[Id::idmapped_mount_call];
  const auto& mount = situation.answers[Id::idmapped_mount];
  if (call.result == Result::refused) return judge_no_call(facts, call, std::move(evidence));
  if (call.asked() && !call.worked()) return no_verdict(call, std::move(evidence));
  if (mount.asked()) return judge_mount(situation, mount, std::move(evidence));
  if (call.worked())
    return ready(
        "the kernel has mount_setattr(2); only root can try a mount (sudo kerneltour check idmapped-mounts)",
        std::move(evidence));
  if (!facts.release)
    return unknown(Layer::kernel_version, "no kernel release was found to judge", std::move(evidence));
  if (is_before(facts, since)) return too_old(facts, std::move(evidence));
  if (facts.confinement.container == "docker" && facts.confinement.seccomp_filter)
    return impossible(Layer::container, "Docker's default rules forbid mounts; " + foreign_kernel(facts),
                      std::move(evidence));
  return ready(fmt::format("ID-mapped mounts came with Linux {}", since), std::move(evidence));
}

}  // namespace

const Feature idmapped_mounts = {
    "idmapped-mounts",
    "ID-mapped mounts",
    since,
    "The same files, owned by different IDs through two mounts: what a container's image needs instead of "
    "chown -R. The kernel has mount_setattr(2) with MOUNT_ATTR_IDMAP for it, and the file system has to "
    "support "
    "it; only root may use it.",
    documents,
    asked,
    {},
    judge,
};

}  // namespace kerneltour::features
