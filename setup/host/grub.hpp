#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::host {

/// What the first entry of a generated grub.cfg would boot.
struct GrubEntry {
  std::string image;         ///< "/boot/vmlinuz-6.1.0-56-amd64"
  std::string release;       ///< "6.1.0-56-amd64"; empty where the image's name has none
  std::string command_line;  ///< the words after the image
};

/// The first `linux` (or linux16, linuxefi) command of a menu entry; nullopt where there is none.
std::optional<GrubEntry> parse_grub_cfg(std::string_view text);

}  // namespace kerneltour::host
