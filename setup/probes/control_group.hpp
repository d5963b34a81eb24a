#pragma once

#include <string>

#include "probes/last_call.hpp"

// Where this process may make control groups. The lessons ask the same, so that they find a place where a
// verdict says that there is one.
namespace kerneltour::probes {

/// Whether systemd's manager of who we are answers, and has a message bus on which it can be asked for a
/// scope: the system's for root, their own for others.
bool manager_answers(LastCall& last);

/// The directory to make groups in without systemd: the hierarchy's root for root, our own group for others.
/// Empty where version 2 is not mounted.
std::string group_directory();

/// Whether we may make groups in that directory, and move processes there.
bool may_make_groups(LastCall& last, const std::string& directory);

}  // namespace kerneltour::probes
