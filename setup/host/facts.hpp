#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/accounts.hpp"
#include "host/boot_parameters.hpp"
#include "host/cgroup.hpp"
#include "host/confinement.hpp"
#include "host/host.hpp"
#include "host/kernel_config.hpp"
#include "host/kernel_release.hpp"
#include "host/modules.hpp"
#include "host/os_release.hpp"
#include "host/pressure.hpp"
#include "host/programs.hpp"
#include "host/reader.hpp"
#include "host/security_modules.hpp"
#include "host/subordinate_ids.hpp"
#include "host/sysctl.hpp"
#include "host/user_namespace.hpp"

namespace kerneltour::host {

/// How a machine's kernel gets its command line.
enum class BootLoader {
  grub,  ///< update-grub is there: drop-ins in /etc/default/grub.d/ count
  none   ///< none that we know how to tell
};

/// One side of subordinate IDs: users, or groups.
struct SubordinateSide {
  std::string path;  ///< "/etc/subuid"
  SubordinateFile file;
  SubordinateDefaults defaults;
};

/// All that was read of a host. Values only: features judge them, and nothing here is asked again.
struct Facts {
  bool live = false;  ///< the running host and kernel: probes were possible
  std::optional<KernelRelease> release;
  std::string release_source;  ///< "uname(2)", "--release", or the file that says so
  /// /proc of the kernel that is judged could be looked at: what is not in it is not there.
  bool proc = false;
  ConfigFile config;
  std::optional<BootParameters> boot_parameters;
  std::string boot_parameters_source;  ///< "/proc/cmdline", "--cmdline", "/boot/grub/grub.cfg, first entry"
  Sysctls sysctls;
  OsRelease os;
  std::string architecture;  ///< as uname -m prints it; empty where it is not known
  Cgroups cgroups;
  /// The names in /proc/pressure, each with its content where it could be read.
  std::map<std::string, std::optional<Pressure>> pressure;
  SecurityModules security_modules;
  bool apparmor_userns_profile = false;  ///< the `unprivileged_userns` profile's file is there (Ubuntu)
  Confinement confinement;
  UserNamespace user_namespace;
  BootLoader boot_loader = BootLoader::none;
  bool systemd = false;  ///< systemd is init: /run/systemd/system exists, or /sbin/init leads to it
  bool user_bus =
      false;  ///< managers of users start a message bus: dbus.socket of dbus-user-session is there
  SubordinateSide subuid;
  SubordinateSide subgid;
  std::vector<std::string> subordinate_services;
  bool account_directory = false;  ///< users may be elsewhere than in /etc/passwd
  std::vector<User> users;
  std::vector<Group> groups;
  std::map<std::string, Program, std::less<>> programs;  ///< those asked for that are there, by name
  std::vector<std::string> status_overrides;             ///< paths with a dpkg-statoverride(1)
  ModuleState veth = ModuleState::missing;
  std::vector<Unreadable> unreadable;  ///< what all this might rest on, and could not be read
};

/// A kernel to judge instead of the host's own: check --config, --release, --cmdline.
struct OtherKernel {
  std::optional<std::string> config_path;
  std::optional<std::string> config_bytes;  ///< what is in config_path
  std::optional<std::string> release;
  std::optional<std::string> command_line;

  bool given() const { return config_bytes || release || command_line; }
  /// Whether another kernel is meant, and not the host's own with another command line.
  bool other_build() const { return config_bytes || release; }
};

/// Reads everything, changes nothing. Nothing of what is missing or broken on the host throws: it is a fact
/// like any other. `programs` are the names of those to look for.
///
/// With `other`, a kernel is judged as if it were booted here: `live` is false, settings are those of
/// sysctl.d(5), and what only a running kernel can say (pressure, mounts, security modules) is not taken.
/// Below another root the rest is that root's: its kernel's release, configuration, command line. On the
/// running host release and configuration are those of the running kernel where only a command line is given;
/// for another build the command line is that of grub.cfg. `confinement` is then empty but for WSL, as it is
/// that of this process.
Facts read_facts(const Host& host, std::span<const std::string_view> programs, const OtherKernel& other = {});

}  // namespace kerneltour::host
