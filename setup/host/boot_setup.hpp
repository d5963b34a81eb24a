#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/grub_environment.hpp"
#include "host/grub_menu.hpp"
#include "host/grub_storage.hpp"
#include "host/loader.hpp"
#include "host/reader.hpp"
#include "host/secure_boot.hpp"

namespace kerneltour::host {

/// All that was read of how this host boots.
struct BootSetup {
  Loader loader;
  GrubMenu menu;
  std::string menu_failure;  ///< why GRUB's menu could not be read: "Permission denied"
  GrubEnvironment environment;
  GrubStorage storage;
  SecureBoot secure_boot = SecureBoot::not_applicable;
  std::string running;       ///< release of the running kernel; empty for a host that is not running
  std::string boot_id;       ///< of this boot (random(4)); likewise
  std::string command_line;  ///< /proc/cmdline; likewise
  std::vector<std::string> installed;  ///< releases of the images in /boot
};

BootSetup read_boot_setup(Reader& reader);

}  // namespace kerneltour::host
