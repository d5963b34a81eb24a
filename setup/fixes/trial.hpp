#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::fixes {

/// What is on the host as long as a kernel is on trial: its state, which kerneltour-trial.service(8) looks
/// for, the menu entry, and the default that stays meanwhile.
inline constexpr const char* trial_state = "/var/lib/kerneltour/boot-trial.json";
inline constexpr const char* trial_menu_script = "/etc/grub.d/42_kerneltour_trial";
inline constexpr const char* trial_default = "/etc/default/grub.d/zz-kerneltour-before-trial.cfg";
/// What came of it where it failed: a sentence a line. No part of the change, and gone with it.
inline constexpr const char* trial_outcome = "/var/lib/kerneltour/boot-trial.failed";

/// The ID of the menu entry.
inline constexpr const char* trial_entry_id = "kerneltour-trial";
/// On the command line of the kernel that GRUB starts where it cannot load the one on trial. The kernel
/// ignores a parameter of a module that there is none of (kernel/params.c: unknown_bootoption).
inline constexpr const char* trial_not_loaded = "kerneltour.trial=not-loaded";

/// A kernel that is to be booted once.
struct Trial {
  std::string release;
  std::string previous;                 ///< the kernel that is started where it fails
  std::vector<std::string> parameters;  ///< that it is to keep
  std::string boot_id;                  ///< of the boot in which it was chosen
  bool was_installed = false;           ///< before it was chosen

  bool operator==(const Trial&) const = default;
};

std::string to_text(const Trial& trial);
/// Throws std::runtime_error where the text is none of ours.
Trial parse_trial(std::string_view text);

}  // namespace kerneltour::fixes
