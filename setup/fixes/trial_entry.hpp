#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/grub_menu.hpp"

namespace kerneltour::fixes {

/// GRUB's menu entry for a kernel on trial: what `running`, the entry of the running kernel, does, with the
/// other kernel's image and initial RAM disk, and with these parameters added. Where GRUB cannot load one of
/// the two it loads the running kernel's, in the same start: with an ordinary entry it would wait for
/// somebody at the console. nullopt where the entry is not made as update-grub(8) makes them.
std::optional<std::string> trial_entry(const host::GrubMenuEntry& running, const std::string& release,
                                       const std::vector<std::string>& parameters);

/// The script of /etc/grub.d that has the entry in the menu.
std::string menu_script(const std::string& entry);

}  // namespace kerneltour::fixes
