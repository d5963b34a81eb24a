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
#include "host/security_modules.hpp"
#include "host/subordinate_ids.hpp"
#include "host/sysctl.hpp"

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
  ConfigFile config;
  std::optional<BootParameters> boot_parameters;
  std::string boot_parameters_source;  ///< "/proc/cmdline", "--cmdline", "/boot/grub/grub.cfg"
  Sysctls sysctls;
  OsRelease os;
  std::string architecture;  ///< as uname -m prints it; empty where it is not known
  Cgroups cgroups;
  /// The names in /proc/pressure, each with its content where it could be read.
  std::map<std::string, std::optional<Pressure>> pressure;
  SecurityModules security_modules;
  bool apparmor_userns_profile = false;  ///< the `unprivileged_userns` profile's file is there (Ubuntu)
  Confinement confinement;
  BootLoader boot_loader = BootLoader::none;
  bool systemd = false;  ///< systemd is init: /run/systemd/system exists, or /sbin/init leads to it
  SubordinateSide subuid;
  SubordinateSide subgid;
  std::vector<std::string> subordinate_services;
  std::vector<User> users;
  std::vector<Group> groups;
  std::map<std::string, Program, std::less<>> programs;  ///< those asked for that are there, by name
  std::vector<std::string> status_overrides;             ///< paths with a dpkg-statoverride(1)
  ModuleState veth = ModuleState::missing;
};

/// A kernel to judge instead of the host's own: check --config, --release, --cmdline.
struct OtherKernel {
  std::optional<std::string> config_path;
  std::optional<std::string> config_bytes;  ///< what is in config_path
  std::optional<std::string> release;
  std::optional<std::string> command_line;

  bool given() const { return config_bytes || release || command_line; }
};

/// Reads everything, changes nothing. Nothing of what is missing or broken on the host throws: it is a fact
/// like any other. With `other`, nothing of the running kernel is taken: `live` is false, settings are those
/// of sysctl.d(5).
/// `programs` are the names of those to look for.
///
/// A kernel other than the running one is judged as if it were booted here: on the running host `confinement`
/// is then empty but for WSL, as it is that of this process, and the command line is that of grub.cfg.
Facts read_facts(const Host& host, std::span<const std::string_view> programs, const OtherKernel& other = {});

}  // namespace kerneltour::host
