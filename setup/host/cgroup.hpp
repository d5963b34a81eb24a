#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "host/mounts.hpp"

namespace kerneltour::host {

class Host;

/// How control groups are laid out (systemd's words; cgroups(7)).
enum class CgroupLayout {
  none,     ///< no cgroup file system is mounted
  v1,       ///< only version 1 hierarchies
  hybrid,   ///< version 1 with controllers, and a version 2 hierarchy beside it
  unified,  ///< controllers only in version 2, as a rule at /sys/fs/cgroup
  unknown   ///< there are no mounts to look at
};

/// "hybrid"
std::string_view name_of(CgroupLayout layout);

/// A version 1 controller and where it is mounted.
struct CgroupV1Controller {
  std::string name;  ///< "memory"
  std::string point;
};

/// A group that systemd has delegated to a user's manager.
struct DelegatedGroup {
  uid_t user = 0;
  std::vector<std::string> controllers;  ///< its cgroup.controllers
};

struct Cgroups {
  CgroupLayout layout = CgroupLayout::unknown;
  std::string v2_point;                     ///< where version 2 is mounted; empty where it is not
  bool v2_read_only = false;                ///< mounted so that no control group can be made
  std::vector<std::string> v2_controllers;  ///< cgroup.controllers at v2_point
  std::vector<CgroupV1Controller> v1_controllers;
  std::string own;            ///< our cgroup in version 2, as "0::PATH" of /proc/self/cgroup says
  std::string own_directory;  ///< where the mount shows our cgroup; empty where it does not
  std::vector<std::string> own_controllers;  ///< cgroup.controllers of our cgroup
  bool own_pressure_files = false;           ///< our cgroup has a cpu.pressure
  std::vector<DelegatedGroup> delegated;     ///< to the managers that run

  bool v2_has(std::string_view controller) const;
  /// What is delegated to that user's manager; nullptr where none runs.
  const DelegatedGroup* delegated_to(uid_t user) const;
  /// Where version 1 has it; empty where it does not.
  std::string v1_point_of(std::string_view controller) const;
};

/// The layout and the version 1 controllers, from mounts alone.
Cgroups classify_cgroups(const std::vector<Mount>& mounts);

/// The path in the line "0::PATH" of /proc/PID/cgroup; empty where there is none.
std::string parse_own_cgroup(std::string_view text);

/// classify_cgroups() completed from the files of the host.
Cgroups read_cgroups(const Host& host, const std::vector<Mount>& mounts);

}  // namespace kerneltour::host
