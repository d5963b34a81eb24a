#pragma once

#include <string>
#include <string_view>

#include "commands/command.hpp"
#include "fixes/journal.hpp"

// What the commands that change the host have in common.
namespace kerneltour::commands {

/// Adds --dry-run and --yes, which these commands take.
void add_changing(Options& options);

bool is_dry_run(const Arguments& arguments);

/// Throws std::runtime_error where this is not root: `command` is what to type with sudo.
void need_root(std::string_view command);

/// Asks once whether to go on, unless --yes answers. Throws UsageError where there is no terminal to ask on.
bool is_wanted(const Arguments& arguments, std::string_view question);

/// The journal of the host below `root`, held; "" is the running one. What an earlier run left is settled,
/// and that is said.
fixes::Journal open_journal(const std::string& root = "");

/// Says who is waited for: for locks.
void say_waiting(const std::string& holder);

/// Settles what an earlier run did not finish, and says so; for commands that look at the host before they
/// hold its journal.
void settle_unfinished();

/// Says what an earlier run did not finish, where nothing is to be changed now.
void note_unfinished();

}  // namespace kerneltour::commands
