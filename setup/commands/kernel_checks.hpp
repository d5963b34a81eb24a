#pragma once

#include <vector>

#include "commands/kernel_plan.hpp"
#include "fixes/boot_obstacles.hpp"
#include "host/boot_setup.hpp"
#include "host/confinement.hpp"
#include "host/host.hpp"

namespace kerneltour::commands {

/// What the checks of a plan look at.
struct CheckedHost {
  const host::Host& host;
  const host::BootSetup& setup;
  const host::Confinement& confinement;
};

/// Whether only root can find out about it: an ordinary user's plan goes on.
bool is_for_root(const fixes::BootObstacle& obstacle, const host::BootSetup& setup);

/// Everything that could stand against the plan, each with its result. What is known of a kernel before it is
/// installed counts: `is_signed` is what its package or its image says. `archives` is APT's folder of
/// packages.
std::vector<Check> check_plan(const KernelPlan& plan, const CheckedHost& checked, bool is_signed,
                              const std::string& archives, host::KernelVersion at_least);

}  // namespace kerneltour::commands
