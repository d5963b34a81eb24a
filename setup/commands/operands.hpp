#pragma once

#include <optional>
#include <string>

#include "commands/command.hpp"

namespace kerneltour::commands {

/// The one operand that was given under this name, or none. Throws UsageError where there are more.
std::optional<std::string> operand(const Arguments& arguments, const char* name);

}  // namespace kerneltour::commands
