#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "commands/command.hpp"

namespace kerneltour::commands {

/// "--root DIR" with its description, for each option.
std::vector<std::pair<std::string, std::string>> describe_options(const Options& options);

/// What the man page and the completion are made from, so that the tables are typed once: `part` is
/// man-commands, man-features, man-chapters, man-exit-status or bash-completion. Throws UsageError for
/// another.
std::string reference(std::span<const Command> commands, const std::string& part);

}  // namespace kerneltour::commands
