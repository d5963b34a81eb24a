#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Lists the kernels that are here and that could be.
Options kernel_list_options();
int kernel_list(const Arguments& arguments);

}  // namespace kerneltour::commands
