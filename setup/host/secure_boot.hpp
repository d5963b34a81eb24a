#pragma once

#include <string_view>

namespace kerneltour::host {

class Host;

/// Whether the firmware and shim start signed kernels only.
enum class SecureBoot {
  off,
  on,
  not_validated,   ///< the firmware's is on, and shim was told not to look at kernels (mokutil
                   ///< --disable-validation)
  not_applicable,  ///< no UEFI
  unknown,         ///< UEFI whose variables cannot be read
};

/// "on"
std::string_view name_of(SecureBoot state);

SecureBoot read_secure_boot(const Host& host);

}  // namespace kerneltour::host
