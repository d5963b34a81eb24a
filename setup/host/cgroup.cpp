#include "host/cgroup.hpp"

#include <algorithm>
#include <array>

#include "host/host.hpp"
#include "host/user_manager.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

// cgroups(7), and include/linux/cgroup_subsys.h for the later ones. Other options of a version 1 mount
// ("xattr", "seclabel", "clone_children") are no controllers.
constexpr auto known_v1_controllers = std::to_array<std::string_view>({
    "cpu",
    "cpuacct",
    "cpuset",
    "memory",
    "devices",
    "freezer",
    "net_cls",
    "blkio",
    "perf_event",
    "net_prio",
    "hugetlb",
    "pids",
    "rdma",
    "misc",
    "dmem",
    "debug",
});

constexpr std::string_view usual_v2_point = "/sys/fs/cgroup";

template <class Range, class Value>
bool contains(const Range& range, const Value& value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

/// Whether another mount lies on exactly that point, so that nobody reaches it.
bool is_covered(const Mount& mount, const std::vector<Mount>& mounts) {
  return std::any_of(mounts.begin(), mounts.end(), [&](const Mount& other) {
    return other.parent == mount.id && other.id != mount.id && other.point == mount.point;
  });
}

/// The mount of version 2: of several the one at the usual place; nullptr where there is none.
const Mount* find_v2(const std::vector<Mount>& mounts) {
  const Mount* found = nullptr;
  for (const Mount& mount : mounts) {
    if (mount.type != "cgroup2" || is_covered(mount, mounts)) continue;
    if (!found || mount.point == usual_v2_point) found = &mount;
  }
  return found;
}

void add_v1_controllers(const Mount& mount, Cgroups& cgroups) {
  for (const std::string_view option : posix::fields(mount.super_options, ',')) {
    if (contains(known_v1_controllers, option) && cgroups.v1_point_of(option).empty())
      cgroups.v1_controllers.push_back({std::string(option), mount.point});
  }
}

/// A version 1 hierarchy without controllers beside version 2 is systemd's own (name=systemd): hybrid where
/// it has the usual place, and unified where version 2 has it.
CgroupLayout layout_of(const Cgroups& cgroups, bool any_v1) {
  if (cgroups.v2_point.empty()) return any_v1 ? CgroupLayout::v1 : CgroupLayout::none;
  if (!any_v1) return CgroupLayout::unified;
  const bool v2_alone_has_controllers = cgroups.v1_controllers.empty() && cgroups.v2_point == usual_v2_point;
  return v2_alone_has_controllers ? CgroupLayout::unified : CgroupLayout::hybrid;
}

std::vector<std::string> read_controllers(const Host& host, const std::string& cgroup) {
  const auto file = host.read(cgroup + "/cgroup.controllers");
  const auto names = posix::words(file.text);
  return {names.begin(), names.end()};
}

/// The directory of the cgroup `path` below a mount that shows the hierarchy from `mount.root` on; empty
/// where the mount does not show it.
std::string directory_of(const Mount& mount, std::string_view path) {
  if (path.empty() || path.starts_with("/.."))
    return {};  // outside our cgroup namespace (cgroup_namespaces(7))
  if (mount.root != "/") {
    if (!path.starts_with(mount.root)) return {};
    path.remove_prefix(mount.root.size());
    if (!path.empty() && path.front() != '/') return {};
  }
  return path == "/" ? mount.point : mount.point + std::string(path);
}

std::vector<DelegatedGroup> read_delegated(const Host& host, const std::string& hierarchy) {
  constexpr std::string_view before = "user-";
  constexpr std::string_view behind = ".slice";
  std::vector<DelegatedGroup> groups;
  for (const auto& name : host.list(hierarchy + "/user.slice")) {
    if (!name.starts_with(before) || !name.ends_with(behind)) continue;
    const auto number = name.substr(before.size(), name.size() - before.size() - behind.size());
    const auto user = posix::parse_number<uid_t>(number);
    if (!user) continue;
    const auto group = hierarchy + manager_group(*user);
    if (host.exists(group)) groups.push_back({*user, read_controllers(host, group)});
  }
  return groups;
}

}  // namespace

std::string_view name_of(CgroupLayout layout) {
  switch (layout) {
    case CgroupLayout::none:
      return "none";
    case CgroupLayout::v1:
      return "v1";
    case CgroupLayout::hybrid:
      return "hybrid";
    case CgroupLayout::unified:
      return "unified";
    case CgroupLayout::unknown:
      break;
  }
  return "unknown";
}

bool Cgroups::v2_has(std::string_view controller) const { return contains(v2_controllers, controller); }

const DelegatedGroup* Cgroups::delegated_to(uid_t user) const {
  const auto found = std::find_if(delegated.begin(), delegated.end(),
                                  [&](const DelegatedGroup& group) { return group.user == user; });
  return found == delegated.end() ? nullptr : &*found;
}

std::string Cgroups::v1_point_of(std::string_view controller) const {
  for (const auto& candidate : v1_controllers) {
    if (candidate.name == controller) return candidate.point;
  }
  return {};
}

Cgroups classify_cgroups(const std::vector<Mount>& mounts) {
  Cgroups cgroups;
  if (mounts.empty()) return cgroups;
  if (const Mount* v2 = find_v2(mounts)) {
    cgroups.v2_point = v2->point;
    const auto options = posix::fields(v2->options, ',');
    cgroups.v2_read_only = std::find(options.begin(), options.end(), "ro") != options.end();
  }
  bool any_v1 = false;
  for (const Mount& mount : mounts) {
    if (mount.type != "cgroup" || is_covered(mount, mounts)) continue;
    any_v1 = true;
    add_v1_controllers(mount, cgroups);
  }
  cgroups.layout = layout_of(cgroups, any_v1);
  return cgroups;
}

std::string parse_own_cgroup(std::string_view text) {
  constexpr std::string_view prefix = "0::";
  while (!text.empty()) {
    const auto line = posix::take_line(text);
    if (line.starts_with("0::/")) return std::string(line.substr(prefix.size()));
  }
  return {};
}

Cgroups read_cgroups(const Host& host, const std::vector<Mount>& mounts) {
  Cgroups cgroups = classify_cgroups(mounts);
  cgroups.own = parse_own_cgroup(host.read("/proc/self/cgroup").text);
  const Mount* v2 = find_v2(mounts);
  if (!v2) return cgroups;
  cgroups.v2_controllers = read_controllers(host, v2->point);
  cgroups.delegated = read_delegated(host, v2->point);
  cgroups.own_directory = directory_of(*v2, cgroups.own);
  const auto& own = cgroups.own_directory;
  if (own.empty()) return cgroups;
  cgroups.own_controllers = read_controllers(host, own);
  cgroups.own_pressure_files = host.exists(own + "/cpu.pressure");
  return cgroups;
}

}  // namespace kerneltour::host
