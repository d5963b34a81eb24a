#pragma once

#include "features/feature.hpp"

namespace kerneltour::features {

/// Whether /proc/pressure works, leaving the control groups' own files aside: what triggers rest on.
Verdict judge_system_pressure(const Situation& situation);

}  // namespace kerneltour::features
