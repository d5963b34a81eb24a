#pragma once

#include <optional>
#include <string>

#include "host/kernel_release.hpp"

namespace kerneltour::host {

class Host;

/// A kernel whose files are on a host.
struct InstalledKernel {
  KernelRelease release;
  std::string path;  ///< "/boot/vmlinuz-6.1.0-56-amd64", or the directory of its modules
};

/// Whether `a` is a lower version than `b`: Linux's own number first, a candidate below its release, then
/// the numbers that a distribution adds (6.1.0-9-amd64 is older than 6.1.0-10-amd64).
bool is_older(const KernelRelease& a, const KernelRelease& b);

/// The newest of /boot/vmlinuz-*; where there is none, of /lib/modules: a removed kernel can leave its
/// directory there. nullopt where there is neither.
std::optional<InstalledKernel> newest_kernel(const Host& host);

}  // namespace kerneltour::host
