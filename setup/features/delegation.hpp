#pragma once

#include <string>
#include <vector>

#include "features/evidence.hpp"
#include "features/feature.hpp"

// How an ordinary user comes to control groups: by the manager that systemd(1) runs for each user who is
// logged in, and by what is delegated to it.
namespace kerneltour::features {

/// "cpu, memory and pids"; "no controllers"
std::string in_words(const std::vector<std::string>& controllers);

/// The controllers that version 2 has, that limit or weigh what a process gets, and that are not delegated.
std::vector<std::string> not_delegated(const host::Cgroups& cgroups, const host::DelegatedGroup& group);

/// Delegates these controllers, too.
Fix delegation(const Subject& user);

/// The user has no manager that can be asked for a group: there is none, or no message bus to ask it on.
Verdict needs_user_manager(const host::Facts& facts, const Subject& user, EvidenceList evidence);

}  // namespace kerneltour::features
