#include "probes/namespaces.hpp"

#include "probes/network_namespace.hpp"
#include "probes/user_namespace.hpp"

namespace kerneltour::probes {
namespace {

bool once(std::optional<LastCall>& entered, bool (*enter)(LastCall&), LastCall& last) {
  if (!entered) enter(entered.emplace());
  last = *entered;
  return last.outcome().worked();
}

}  // namespace

bool Namespaces::enter_user(LastCall& last) { return once(user_, enter_user_namespace, last); }

bool Namespaces::enter_network(LastCall& last) { return once(network_, enter_network_namespace, last); }

}  // namespace kerneltour::probes
