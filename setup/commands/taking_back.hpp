#pragma once

#include <vector>

#include "commands/command.hpp"
#include "fixes/journal.hpp"

namespace kerneltour::commands {

/// The changes that one command made, and that are one to take back: those of the group of `change` that are
/// made, the last one first. They are `kept`'s.
std::vector<const fixes::Change*> group_of(const fixes::Kept& kept, const fixes::Change& change);

/// What taking them back does to the host, for the person to read.
std::string describe_taking_back(const std::vector<const fixes::Change*>& changes);

/// Takes them back, once the person has agreed, and returns the exit status. Where one of them has the kernel
/// that runs, GRUB is told to start the one before it, and the rest waits for that. Throws std::runtime_error
/// where something is in the way; nothing is touched then.
int take_back(const Arguments& arguments, fixes::Journal& journal,
              const std::vector<const fixes::Change*>& changes);

}  // namespace kerneltour::commands
