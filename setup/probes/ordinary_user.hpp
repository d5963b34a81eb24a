#pragma once

#include "probes/last_call.hpp"
#include "probes/probe.hpp"

namespace kerneltour::probes {

/// Makes this process one of `user`, for good; it still dies with its parent. Does nothing where it is one.
bool become(LastCall& last, Identity user);

}  // namespace kerneltour::probes
