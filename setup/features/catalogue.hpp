#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "features/feature.hpp"

namespace kerneltour::features {

/// Every feature there is, in the order in which they are shown. The one table of them: the command line, the
/// man page, the completion, JSON and the chapters' `needs` all go by it.
std::span<const Feature* const> catalogue();

/// nullptr where no feature has that id.
const Feature* find(std::string_view id);

/// The programs that any feature looks for.
std::vector<std::string_view> programs();

}  // namespace kerneltour::features
