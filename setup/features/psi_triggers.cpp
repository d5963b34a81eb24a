#include <fmt/format.h>

#include <cerrno>

#include "features/all.hpp"
#include "features/psi.hpp"
#include "features/remedies.hpp"
#include "features/untold.hpp"

namespace kerneltour::features {
namespace {

using probes::Id;

constexpr std::string_view since = "5.2";
constexpr std::string_view documents[] = {
    "Documentation/accounting/psi.rst (Monitoring for pressure thresholds)", "poll(2)"};
constexpr Id asked[] = {Id::psi_read, Id::psi_trigger, Id::psi_trigger_privileged};

EvidenceList gather(const Situation& situation) {
  EvidenceList evidence;
  add_probe(evidence, situation.answers[Id::psi_trigger], called(situation.ordinary));
  add_probe(evidence, situation.answers[Id::psi_trigger_privileged], "the caller, with CAP_SYS_RESOURCE");
  add_release(evidence, situation.facts);
  return evidence;
}

Verdict too_old(const host::Facts& facts, EvidenceList evidence) {
  return needs_other_kernel(
      facts, Layer::kernel_version,
      fmt::format("Linux {} is older than {}, the first version with triggers on pressure",
                  facts.release->text, since),
      std::move(evidence), since);
}

Verdict works(const Situation& situation, EvidenceList evidence) {
  std::string reason = "an ordinary user can arm a trigger with a window of 2 s";
  if (situation.answers[Id::psi_trigger_privileged].worked()) reason += ", and CAP_SYS_RESOURCE one of 1 s";
  return ready(std::move(reason), std::move(evidence));
}

/// Before commit d82caa273565 (Linux 6.5, carried back to 6.1) only root may write the files.
constexpr std::string_view carried_back = "6.1";

Verdict only_root(const Situation& situation, EvidenceList evidence) {
  if (situation.answers[Id::psi_trigger_privileged].worked())
    return ready("root can arm a trigger; before Linux 6.5 ordinary users cannot", std::move(evidence));
  return fixable(Layer::privilege,
                 "only root may arm a trigger on this kernel (ordinary users since Linux 6.5)",
                 std::move(evidence),
                 {{"privilege:root", "run as root", {"sudo kerneltour check psi-triggers"}, true, false}});
}

Verdict judge(const Situation& situation) {
  const auto& facts = situation.facts;
  auto evidence = gather(situation);
  const auto& outcome = situation.answers[Id::psi_trigger];
  if (outcome.worked()) return works(situation, std::move(evidence));
  if (is_before(facts, since)) return too_old(facts, std::move(evidence));

  auto pressure = judge_system_pressure(situation);
  if (pressure.status != Status::ready) return pressure;
  if (!outcome.asked() && is_before(facts, carried_back)) return only_root(situation, std::move(evidence));
  if (!outcome.asked()) {
    if (facts.release)
      return ready("pressure stall information works, and triggers came with 5.2", std::move(evidence));
    return unknown(Layer::kernel_version, "no kernel release was found to judge", std::move(evidence));
  }
  const bool forbidden = outcome.result == probes::Outcome::Result::refused &&
                         (outcome.error == EACCES || outcome.error == EPERM);
  if (forbidden) return only_root(situation, std::move(evidence));
  return no_verdict(outcome, std::move(evidence));
}

}  // namespace

const Feature psi_triggers = {
    "psi-triggers",
    "Triggers on pressure",
    since,
    "A process writes a threshold to a pressure file, \"some 150000 2000000\" for 150 ms in any 2 s, and "
    "poll(2) wakes it when the threshold is passed. Without CAP_SYS_RESOURCE the window has to be a multiple "
    "of 2 s.",
    documents,
    asked,
    {},
    judge,
};

}  // namespace kerneltour::features
