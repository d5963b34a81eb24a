#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Removes a kernel that does not run.
Options kernel_remove_options();
int kernel_remove(const Arguments& arguments);

}  // namespace kerneltour::commands
