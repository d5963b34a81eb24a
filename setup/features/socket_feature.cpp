#include "features/socket_feature.hpp"

#include <fmt/format.h>

#include "features/remedies.hpp"
#include "features/untold.hpp"

namespace kerneltour::features {

Verdict judge_socket_feature(const Situation& situation, probes::Id probe, std::string_view since,
                             std::string_view works) {
  const auto& facts = situation.facts;
  const auto& outcome = situation.answers[probe];
  EvidenceList evidence;
  add_probe(evidence, outcome);
  add_release(evidence, facts);
  if (outcome.worked()) return ready(std::string(works), std::move(evidence));
  if (is_before(facts, since))
    return needs_other_kernel(facts, Layer::kernel_version,
                              fmt::format("Linux {} is older than {}", facts.release->text, since),
                              std::move(evidence), since);
  if (outcome.asked()) return no_verdict(outcome, std::move(evidence));
  if (!facts.release)
    return unknown(Layer::kernel_version, "no kernel release was found to judge", std::move(evidence));
  return ready(fmt::format("it came with Linux {}", since), std::move(evidence));
}

}  // namespace kerneltour::features
