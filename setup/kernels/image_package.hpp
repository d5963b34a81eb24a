#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/kernel_release.hpp"

namespace kerneltour::kernels {

/// Kernels' images are in packages whose names begin so.
inline constexpr std::string_view image_prefix = "linux-image-";

/// A package with a kernel's image, told from its name.
struct ImagePackage {
  host::KernelRelease release;
  bool unsigned_name = false;  ///< its name says that it is not signed
};

/// "linux-image-6.1.0-56-amd64", "linux-image-unsigned-6.17.8-061708-generic",
/// "linux-image-6.1.0-56-amd64-unsigned". nullopt for metapackages ("linux-image-amd64"), debugging symbols,
/// and what is not named so at all.
std::optional<ImagePackage> parse_image_package(std::string_view name);

/// Linux's own version in that of a package: "6.1.140" of "6.1.140-1", "6.17-rc6" of "6.17~rc6-1~exp1".
std::string linux_version(std::string_view package_version);

}  // namespace kerneltour::kernels
