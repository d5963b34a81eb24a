#pragma once

#include <span>
#include <string>
#include <string_view>

#include "features/feature.hpp"

namespace kerneltour::features {

/// Ready when all of the programs are on the host; else Debian's package of them is to be installed.
Verdict judge_installed(const Situation& situation, std::span<const std::string_view> programs,
                        const std::string& package);

}  // namespace kerneltour::features
