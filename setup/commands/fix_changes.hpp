#pragma once

#include <string>
#include <vector>

#include "apt/plan.hpp"
#include "commands/prepare_plan.hpp"
#include "features/judging.hpp"
#include "fixes/journal.hpp"

namespace kerneltour::commands {

/// Whether kerneltour makes this fix itself: what it makes stands in its journal, and can be taken back. The
/// others are commands for the person.
bool is_made_here(const features::Fix& fix);

/// Whether it was made already, and is in force from the next boot on.
bool waits_for_reboot(const features::Fix& fix);

/// Makes one, or throws std::runtime_error and leaves the host as before. Packages are not for this: they
/// come all at once. Returns what was changed, in words.
std::string make_fix(fixes::Journal& journal, const features::Fix& fix, const features::Subject& owner);

/// The packages that fixes of the plan ask for.
std::vector<std::string> packages_in(const std::vector<PlannedFix>& plan);

/// What APT would do for these packages. Throws std::runtime_error where it cannot, or would remove
/// something: with the reason, and nothing was changed.
apt::Plan plan_packages(const std::vector<std::string>& names);

/// Installs them, those alone that are not there. What they bring is one change.
std::string install_packages(fixes::Journal& journal, const std::vector<std::string>& names);

}  // namespace kerneltour::commands
