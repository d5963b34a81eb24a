#pragma once

#include <string>
#include <vector>

#include "fixes/change.hpp"
#include "fixes/kind.hpp"
#include "host/grub_menu.hpp"

namespace kerneltour::fixes {

/// A setting of the kernel's, "user.max_user_namespaces", that is set at every boot by the file, and now.
/// What it was is kept in the file, and is set again when that is taken back. Throws std::runtime_error where
/// the kernel has no such setting.
Change set_sysctl(const std::string& name, const std::string& path, const std::vector<std::string>& lines);

/// A profile of AppArmor's, loaded now and at every boot.
Change load_apparmor_profile(const std::string& path, const std::vector<std::string>& lines);

/// A file of /etc/default/grub.d for the kernel's command line, "psi=1", in force from the next boot. The
/// menu that GRUB's own program makes of it has to have that word as the last one about its parameter. With a
/// '-' before it, "-cgroup_disable=memory", it has to be gone.
Change set_boot_parameter(const std::string& word, const std::string& path,
                          const std::vector<std::string>& lines);

/// Whether set_boot_parameter() was called with the same, and nothing but a reboot is wanting: the file, or
/// GRUB's menu that was made of it, is younger than the host's start. (Where the power was cut in between, it
/// is the menu only.) The menu counts as right where it cannot be read, as by an ordinary user.
bool is_set_for_next_boot(const std::string& word, const std::string& path,
                          const std::vector<std::string>& lines,
                          const char* menu_path = host::grub_menu_path);

extern const Kind sysctl_setting;
extern const Kind apparmor_profile;
extern const Kind boot_parameter;

/// What is wrong with the command line that GRUB starts its first entry with, where it should have that word;
/// empty where nothing is. `menu` is the text of grub.cfg.
std::string boot_parameter_problem(const std::string& menu, const std::string& word);

/// The name of the setting and what it was, in a file that set_sysctl() made.
struct SysctlBefore {
  std::string name;
  std::string value;

  bool operator==(const SysctlBefore&) const = default;
};
/// Throws std::runtime_error where the text is none of ours.
SysctlBefore parse_sysctl_before(const std::string& text);

}  // namespace kerneltour::fixes
