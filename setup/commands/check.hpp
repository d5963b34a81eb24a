#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

Options check_options();

/// Judges features of this host, or of a host or kernel that is not running. It changes nothing.
int check(const Arguments& arguments);

}  // namespace kerneltour::commands
