#include <fmt/format.h>

#include <cerrno>

#include "features/all.hpp"
#include "features/remedies.hpp"
#include "features/socket_feature.hpp"
#include "features/untold.hpp"
#include "features/user_namespaces.hpp"

namespace kerneltour::features {
namespace {

using probes::Id;
using Result = probes::Outcome::Result;

constexpr std::string_view since = "5.14";
constexpr std::string_view documents[] = {"Documentation/networking/ip-sysctl.rst: tcp_migrate_req"};
constexpr Id asked[] = {Id::reuseport_migration, Id::user_namespace, Id::user_namespace_root,
                        Id::root_directory};

/// The probe needs a network namespace of its own, and an ordinary user a user namespace for that.
bool refused_a_namespace(const probes::Outcome& outcome) {
  return outcome.result == Result::refused &&
         (outcome.call.find("unshare") == 0 || outcome.call.find("/proc/self/") != std::string::npos);
}

Verdict judge(const Situation& situation) {
  const auto& facts = situation.facts;
  const auto& outcome = situation.answers[Id::reuseport_migration];
  EvidenceList evidence;
  add_probe(evidence, outcome);
  if (outcome.result == Result::refused && outcome.error == ENOENT) {
    if (auto verdict = no_proc(facts, evidence)) return *verdict;
  }
  if (refused_a_namespace(outcome) && !is_before(facts, since)) {
    auto users = judge_user_namespaces(situation);
    if (users.status != Status::ready) {
      users.reason =
          "it is tried in a network namespace of its own, for which an ordinary user needs a user "
          "namespace: " +
          users.reason;
      return users;
    }
  }
  if (outcome.result == Result::refused && (outcome.error == EROFS || outcome.error == EACCES) &&
      !facts.confinement.container.empty())
    return impossible(Layer::container,
                      fmt::format("/proc/sys is read-only in this container; {}", foreign_kernel(facts)),
                      std::move(evidence));
  return judge_socket_feature(situation, Id::reuseport_migration, since,
                              "connections queued at a closed listener move to another one");
}

}  // namespace

const Feature reuseport_migration = {
    "reuseport-migration",
    "Migration of queued connections",
    since,
    "With net.ipv4.tcp_migrate_req=1, connections that wait in the queue of a listener that closes move to "
    "another listener of the same port instead of being reset. The setting belongs to a network namespace.",
    documents,
    asked,
    {},
    judge,
};

}  // namespace kerneltour::features
