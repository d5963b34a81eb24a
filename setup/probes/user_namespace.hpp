#pragma once

#include "probes/last_call.hpp"

namespace kerneltour::probes {

/// Moves this process into a user namespace of its own, where it is root: user_namespaces(7).
bool enter_user_namespace(LastCall& last);

}  // namespace kerneltour::probes
