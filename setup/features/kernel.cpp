#include <fmt/format.h>

#include "features/all.hpp"
#include "features/remedies.hpp"

namespace kerneltour::features {
namespace {

constexpr std::string_view since = "4.20";
constexpr std::string_view documents[] = {"uname(2)", "https://kernelnewbies.org/Linux_4.20"};

Verdict judge(const Situation& situation) {
  const auto& facts = situation.facts;
  EvidenceList evidence;
  add_release(evidence, facts);
  if (!facts.release)
    return unknown(Layer::kernel_version, "no kernel release was found to judge", std::move(evidence));
  if (is_before(facts, since))
    return needs_other_kernel(facts, Layer::kernel_version,
                              fmt::format("Linux {} is older than {}", facts.release->text, since),
                              std::move(evidence), since);
  return ready(fmt::format("Linux {} is {} or later", facts.release->text, since), std::move(evidence));
}

}  // namespace

const Feature kernel = {
    "kernel",
    "Linux 4.20 or later",
    since,
    "The first version with all that the tour is about: pressure stall information came with 4.20, user "
    "namespaces with 3.8 and SO_REUSEPORT with 3.9. A version says little by itself, because distributions "
    "carry features back and switch features off; the other lines of this check ask the kernel.",
    documents,
    {},
    {},
    judge,
};

}  // namespace kerneltour::features
