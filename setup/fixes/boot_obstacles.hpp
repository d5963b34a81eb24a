#pragma once

#include <string>
#include <vector>

#include "fixes/boot_plan.hpp"
#include "host/boot_setup.hpp"
#include "host/confinement.hpp"

namespace kerneltour::fixes {

/// What stands against booting a kernel as somebody wants it.
struct BootObstacle {
  std::string id;       ///< "container", "wsl", "secure-boot", "boot-loader", "grub-storage"
  std::string reason;   ///< a sentence without its full stop
  std::string instead;  ///< what to do instead, likewise

  bool operator==(const BootObstacle&) const = default;
};

/// All of them. `is_signed`: the kernel has a signature that this machine's firmware or shim may know. What
/// could not be told counts as an obstacle: a host that does not come back is worse than a kernel that is not
/// tried.
std::vector<BootObstacle> boot_obstacles(const host::BootSetup& setup, const host::Confinement& confinement,
                                         const BootRequest& request, bool is_signed);

}  // namespace kerneltour::fixes
