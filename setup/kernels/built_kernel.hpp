#pragma once

#include <optional>
#include <string>

namespace kerneltour::kernels {

/// What a kernel's packages say of it, before it is installed.
struct BuiltKernel {
  std::string release;                ///< as uname -r will print it
  std::optional<std::string> config;  ///< its configuration (/boot/config-RELEASE), as it is in the package
  std::optional<bool> is_signed;      ///< whether its image has a signature for UEFI Secure Boot
};

/// Reads on in one more of the packages that make up a kernel: the image's, and with Ubuntu the modules',
/// which has the configuration. Nothing is unpacked to the disk. Throws apt::Error where the file is no
/// package.
void read_build(const std::string& deb, BuiltKernel& kernel);

}  // namespace kerneltour::kernels
