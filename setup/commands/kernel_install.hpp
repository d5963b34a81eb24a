#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Installs a kernel: plans it, shows it, and does it so that it can be taken back.
Options kernel_install_options();
int kernel_install(const Arguments& arguments);

}  // namespace kerneltour::commands
