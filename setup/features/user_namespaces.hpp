#pragma once

#include "features/feature.hpp"

namespace kerneltour::features {

/// Whether an ordinary user can create a user namespace and has power inside: what the network namespaces of
/// ordinary users rest on.
Verdict judge_user_namespaces(const Situation& situation);

}  // namespace kerneltour::features
