#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Tells in one line whether a user has subordinate IDs.
Options subid_check_options();
int subid_check(const Arguments& arguments);

}  // namespace kerneltour::commands
