#pragma once

#include <string>
#include <vector>

#include "host/subordinate_ids.hpp"

namespace kerneltour::host {

/// The subordinate ranges of some users, by getsubids(1), which asks what nsswitch.conf(5) names: for a host
/// that takes them from a service, which cannot list everybody's. `kind` is "UID" or "GID". Lines are
/// numbered by user, from 1. Throws std::runtime_error where getsubids is not installed.
SubordinateFile ask_getsubids(const std::vector<std::string>& users, std::string_view kind);

/// What getsubids prints, a range a line: "0: ann 100000 65536".
std::vector<SubordinateRange> parse_getsubids(std::string_view text);

}  // namespace kerneltour::host
