#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

/// The paths whose owner and mode somebody fixed with dpkg-statoverride(1), so that dpkg(1) keeps them:
/// /var/lib/dpkg/statoverride has lines USER GROUP MODE PATH.
std::vector<std::string> parse_status_overrides(std::string_view text);

}  // namespace kerneltour::host
