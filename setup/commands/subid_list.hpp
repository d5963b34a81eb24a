#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Lists who owns which subordinate IDs, and what is wrong with them.
Options subid_list_options();
int subid_list(const Arguments& arguments);

}  // namespace kerneltour::commands
