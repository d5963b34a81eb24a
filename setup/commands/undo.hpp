#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Takes back what kerneltour changed.
Options undo_options();
int undo(const Arguments& arguments);

}  // namespace kerneltour::commands
