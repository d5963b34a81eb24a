#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

/// Adds --format text|json, which commands that report take.
void add_format(Options& options);

/// Whether --format asks for JSON. Throws UsageError where it asks for something else than text.
bool wants_json(const Arguments& arguments);

}  // namespace kerneltour::commands
