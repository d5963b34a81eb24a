#pragma once

#include "commands/command.hpp"
#include "fixes/journal.hpp"
#include "fixes/subordinate_ids.hpp"

namespace kerneltour::commands {

/// Gives a user subordinate IDs.
Options subid_grant_options();
int subid_grant(const Arguments& arguments);

/// Does it without asking, and returns what was done, in words. Throws, with the host as before, where it
/// cannot be done.
std::string grant_to(fixes::Journal& journal, const fixes::Grant& grant);

}  // namespace kerneltour::commands
