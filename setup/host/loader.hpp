#pragma once

#include <string>

namespace kerneltour::host {

class Host;

/// What loads the kernel.
struct Loader {
  enum class Kind {
    grub,          ///< GRUB with a generated menu, and the programs that change it
    systemd_boot,  ///< sd-boot(7)
    none,          ///< none that we know how to tell
  };
  Kind kind = Kind::none;
  std::string evidence;  ///< "/boot/grub/grub.cfg", or what the loader told the firmware: "systemd-boot 252"
};

/// Who has loaded the running kernel says so in an EFI variable (systemd's boot loader interface); where
/// nobody does, the files of the loaders are the answer.
Loader read_loader(const Host& host);

}  // namespace kerneltour::host
