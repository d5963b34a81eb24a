#pragma once

#include <string_view>

#include "features/feature.hpp"

namespace kerneltour::features {

/// The verdict on a feature of sockets that no configuration and no setting switches: the kernel's answer to
/// one probe, else its version.
Verdict judge_socket_feature(const Situation& situation, probes::Id probe, std::string_view since,
                             std::string_view works);

}  // namespace kerneltour::features
