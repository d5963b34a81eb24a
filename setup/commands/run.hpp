#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

Options run_options();

/// Becomes the program of the chapter that is named, or of the first that is not finished. Returns only where
/// it cannot.
int run(const Arguments& arguments);

}  // namespace kerneltour::commands
