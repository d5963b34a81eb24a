#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Tells which kernel runs, which is started next, and what came of a trial.
Options kernel_status_options();
int kernel_status(const Arguments& arguments);

}  // namespace kerneltour::commands
