#pragma once

#include <optional>
#include <string>

#include "host/facts.hpp"

namespace kerneltour::features {

/// A package of the distribution that brings a kernel.
struct KernelPackage {
  std::string name;                            ///< "linux-image-amd64", "linux-generic-hwe-24.04"
  std::optional<host::KernelVersion> version;  ///< at least; nullopt where it moves on
};

/// The one with a kernel of `at_least` or later, for this host's architecture and flavour. nullopt where the
/// distribution's release has none.
std::optional<KernelPackage> kernel_package(const host::Facts& facts, host::KernelVersion at_least);

/// Whether the kernel that is judged is one that the distribution itself built.
bool is_own_kernel(const host::Facts& facts);

}  // namespace kerneltour::features
