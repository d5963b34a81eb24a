#pragma once

#include <optional>

#include "features/feature.hpp"

namespace kerneltour::features {

/// Whether an ordinary user can create a user namespace and has power inside: what the network namespaces of
/// ordinary users rest on.
Verdict judge_user_namespaces(const Situation& situation);

/// The verdict where the kernel refuses a user namespace to root, too, because this is a chroot; nullopt
/// where it is none.
std::optional<Verdict> user_namespace_in_a_chroot(const Situation& situation, std::vector<Evidence> evidence);

}  // namespace kerneltour::features
