#pragma once

#include <string_view>
#include <vector>

#include "apt/cache.hpp"
#include "kernels/kernel.hpp"

namespace kerneltour::kernels {

/// What the names of the packages begin with that apt_kernels() has to see: images, and what brings them.
inline constexpr std::string_view kernel_package_prefixes[] = {
    "linux-image-", "linux-generic", "linux-virtual", "linux-lowlatency", "linux-aws",
    "linux-azure",  "linux-gcp",     "linux-kvm",     "linux-oracle"};

/// The kernels among the packages that APT knows of, newest first, each with the metapackages that bring it
/// by what they depend on, also over others. A kernel that no source has any more, and dpkg has, is one too.
std::vector<Kernel> apt_kernels(const std::vector<apt::Version>& versions);

}  // namespace kerneltour::kernels
