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

constexpr std::string_view since = "3.8";
constexpr std::string_view documents[] = {"network_namespaces(7)", "veth(4)"};
constexpr Id asked[] = {Id::network_namespace, Id::network_namespace_root, Id::user_namespace,
                        Id::user_namespace_root, Id::root_directory};
constexpr std::string_view limit = "user.max_net_namespaces";

EvidenceList gather(const Situation& situation) {
  EvidenceList evidence;
  add_probe(evidence, situation.answers[Id::network_namespace], called(situation.ordinary));
  add_probe(evidence, situation.answers[Id::network_namespace_root], "root");
  add_config(evidence, situation.facts, {"CONFIG_NET_NS", "CONFIG_VETH"});
  add_sysctl(evidence, situation.facts, limit);
  return evidence;
}

/// A pair of virtual Ethernet devices joins two namespaces; most distributions make it a module.
Verdict judge_veth(const Situation& situation, std::string_view works, EvidenceList evidence) {
  const auto& facts = situation.facts;
  const auto config = config_state(facts, "CONFIG_VETH");
  if (config == host::ConfigState::off)
    return needs_other_kernel(facts, Layer::kernel_config,
                              "the kernel was built without veth devices (CONFIG_VETH is not set)",
                              std::move(evidence), since);
  // In a container the modules are the host's, which loads them when they are asked for.
  if (config == host::ConfigState::module && facts.veth == host::ModuleState::missing &&
      foreign_kernel(facts).empty()) {
    evidence.push_back({fmt::format("/lib/modules/{}/modules.dep", facts.release ? facts.release->text : "?"),
                        "has no veth"});
    return needs_module_files(facts,
                              "veth is a module of this kernel, and its file is not there (was the kernel "
                              "upgraded or removed since the last boot?)",
                              std::move(evidence));
  }
  return ready(std::string(works), std::move(evidence));
}

Verdict judge_refusal(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  const auto& outcome = situation.answers[Id::network_namespace];
  auto users = judge_user_namespaces(situation);
  if (users.status != Status::ready) {
    users.reason = "an ordinary user needs a user namespace for it: " + users.reason;
    return users;
  }
  if (outcome.error == ENOSPC) return exhausted(facts, limit, std::move(evidence));
  if (outcome.error == EINVAL && config_state(facts, "CONFIG_NET_NS") != host::ConfigState::built_in)
    return needs_other_kernel(facts, Layer::kernel_config,
                              "the kernel was built without network namespaces (CONFIG_NET_NS is not set)",
                              std::move(evidence), since);
  return no_verdict(outcome, std::move(evidence));
}

Verdict judge_offline(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  auto users = judge_user_namespaces(situation);
  if (users.status != Status::ready) {
    users.reason = "an ordinary user needs a user namespace for it: " + users.reason;
    return users;
  }
  if (config_state(facts, "CONFIG_NET_NS") == host::ConfigState::off)
    return needs_other_kernel(facts, Layer::kernel_config,
                              "the kernel was built without network namespaces (CONFIG_NET_NS is not set)",
                              std::move(evidence), since);
  if (sysctl_number(facts, limit) == 0) return none_allowed(facts, limit, std::move(evidence));
  return judge_veth(situation, "built in, and no setting forbids them", std::move(evidence));
}

Verdict judge(const Situation& situation) {
  auto evidence = gather(situation);
  const auto& outcome = situation.answers[Id::network_namespace];
  if (outcome.worked())
    return judge_veth(
        situation,
        fmt::format("{} can create one, and its loopback carries data", called(situation.ordinary)),
        std::move(evidence));
  if (!outcome.asked()) return judge_offline(situation, std::move(evidence));
  if (outcome.result == Result::refused) return judge_refusal(situation, std::move(evidence));
  return no_verdict(outcome, std::move(evidence));
}

}  // namespace

const Feature network_namespaces = {
    "network-namespaces",
    "Network namespaces for ordinary users",
    since,
    "A network of one's own: interfaces, addresses, routes and ports, beginning with a loopback that is "
    "down. "
    "Ordinary users get one inside a user namespace; a pair of veth devices joins two of them.",
    documents,
    asked,
    {},
    judge,
};

}  // namespace kerneltour::features
