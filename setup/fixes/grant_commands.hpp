#pragma once

#include <string>
#include <vector>

#include "fixes/subordinate_ids.hpp"

namespace kerneltour::fixes {

/// What an administrator would type for the plan on this host: usermod(8), where it can do it. It refuses to
/// make the files, takes away only what stands under the user's name, and knows the users of /etc/passwd
/// alone.
std::vector<std::string> commands_of(const GrantPlan& plan, const Grant& grant, const host::Facts& facts);

}  // namespace kerneltour::fixes
