#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Judges the kernel that was booted once. For kerneltour-trial.service.
Options kernel_confirm_options();
int kernel_confirm(const Arguments& arguments);

}  // namespace kerneltour::commands
