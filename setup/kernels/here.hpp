#pragma once

#include <vector>

#include "host/boot_setup.hpp"
#include "kernels/kernel.hpp"

namespace kerneltour::kernels {

/// Marks the kernels that are on this host, that run, and that are started by default. A kernel in /boot that
/// none of them is, somebody built: it is added, without a package.
void mark_here(std::vector<Kernel>& kernels, const host::BootSetup& setup);

/// The release that the boot loader starts when nobody chooses; empty where that cannot be told.
std::string default_release(const host::BootSetup& setup);

}  // namespace kerneltour::kernels
