#pragma once

#include "probes/last_call.hpp"

namespace kerneltour::probes {

/// Moves this process into a network namespace of its own, with its loopback interface up.
bool enter_network_namespace(LastCall& last);

}  // namespace kerneltour::probes
