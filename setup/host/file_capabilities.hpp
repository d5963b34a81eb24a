#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kerneltour::host {

/// What an executable file's capabilities say (capabilities(7), "File capability extended attribute
/// versioning").
struct FileCapabilities {
  std::uint64_t permitted = 0;  ///< bit N is capability N
  std::uint32_t root = 0;       ///< the user ID that is root in the user namespace where they count
};

/// The bytes of the extended attribute security.capability (linux/capability.h: vfs_cap_data, versions 1
/// to 3); nullopt where they are none.
std::optional<FileCapabilities> parse_file_capabilities(std::string_view attribute);

}  // namespace kerneltour::host
