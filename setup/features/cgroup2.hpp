#pragma once

#include "features/feature.hpp"

namespace kerneltour::features {

/// Whether version 2 is mounted, and holds the cpu and memory controllers.
Verdict judge_unified_hierarchy(const Situation& situation);

}  // namespace kerneltour::features
