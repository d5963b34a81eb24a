#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lesson/step.hpp"

namespace kerneltour::lesson {

/// A control group of the step's own (cgroups(7), version 2): a directory that ends with this object, and
/// all processes in it. What a SIGKILL leaves, remove_leftovers() finds by its name,
/// "kerneltour-PID-NAME".
class ControlGroup {
 public:
  /// Makes the directory. Throws posix::SystemError.
  explicit ControlGroup(std::string path);
  ControlGroup(ControlGroup&& other) noexcept;
  ControlGroup& operator=(ControlGroup&&) = delete;
  ~ControlGroup();

  const std::string& path() const { return path_; }
  /// The path of one of its files: file("cpu.pressure").
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// Moves a process, 0 for this one, into it (cgroup.procs). Throws posix::SystemError.
  void take(pid_t process) const;
  /// Writes a value to one of its files, as `echo VALUE > FILE` would, and shows that call. The step ends as
  /// failed where the kernel refuses.
  void set(Step& step, std::string_view name, std::string_view value) const;
  /// The text of one of its files, its last newline taken away. Throws posix::SystemError.
  std::string get(std::string_view name) const;
  /// The number of a key in one of its files of keys and numbers ("flat keyed", cgroup-v2.rst):
  /// number("memory.events", "oom_kill"). 0 where it has no such key. Throws posix::SystemError.
  unsigned long long number(std::string_view name, std::string_view key) const;

 private:
  std::string path_;  ///< empty where it was moved away
};

/// Where a step can make control groups. One object a step.
///
/// Under systemd, the step asks it for a scope with Delegate=yes, and moves into that
/// (systemd's CGROUP_DELEGATION.md): root of the system's, others of their session's. Elsewhere it is the
/// step's own group where that is delegated, which is to say writable, and for root the hierarchy's root, as
/// LXC does.
class ControlGroups {
 public:
  /// Skips the step, with the remedy, where there is no place for control groups.
  explicit ControlGroups(Step& step);
  /// nullopt, and no event, where there is no place; for steps that can do without.
  static std::optional<ControlGroups> find();

  /// A group, named "kerneltour-PID-NAME".
  ControlGroup make(std::string_view name) const;
  /// The directory that they are made in.
  const std::string& place() const { return place_; }
  /// Whether groups made here have that controller: "memory".
  bool offers(std::string_view controller) const;
  /// Skips the step, with the remedy, where offers() says no.
  void need(Step& step, std::string_view controller) const;

 private:
  explicit ControlGroups(std::string place);

  std::string place_;
  std::vector<std::string> controllers_;
};

/// One write(2) of a value to a control group's file, as the kernel takes it; -1 and errno where it refuses.
long write_control(const std::string& path, std::string_view value);

/// Ends the processes in a group, of either version, and in the groups below it, and removes them all.
void end_group(const std::string& path);

/// Where the version 2 hierarchy is mounted; empty where it is not.
std::string top_control_group();

/// The directory of this process's own group in the version 2 hierarchy; empty where none is mounted.
std::string own_control_group();

/// Removes the groups of earlier runs whose process is gone, and names them. Part of remove_leftovers().
std::vector<std::string> remove_left_control_groups();

}  // namespace kerneltour::lesson
