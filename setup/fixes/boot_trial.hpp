#pragma once

#include <optional>

#include "fixes/change.hpp"
#include "fixes/journal.hpp"
#include "fixes/kind.hpp"
#include "fixes/trial.hpp"

namespace kerneltour::fixes {

/// A kernel that GRUB starts once. Its lock, and that of boot_default, is dpkg's: a kernel's package calls
/// update-grub, too. Who has that lock already, by way of libapt-pkg, must not ask for it again: fcntl(2)
/// gives up both.
extern const Kind boot_trial;

/// A default of GRUB's that stays.
extern const Kind boot_default;

/// The change that has a kernel on trial, where there is one; nullptr where there is none. It is `kept`'s.
const Change* trial_change(const Kept& kept);

/// What that change says. Throws std::runtime_error.
Trial trial_of(const Change& change);

/// Why the trial failed, as it was found out; empty where it has not.
std::string trial_failure();

}  // namespace kerneltour::fixes
