#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Plans what makes this host ready, and does it.
Options prepare_options();
int prepare(const Arguments& arguments);

}  // namespace kerneltour::commands
