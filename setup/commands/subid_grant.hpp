#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Gives a user subordinate IDs.
Options subid_grant_options();
int subid_grant(const Arguments& arguments);

}  // namespace kerneltour::commands
