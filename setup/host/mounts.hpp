#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

/// One line of /proc/PID/mountinfo (proc(5)), octal escapes resolved.
struct Mount {
  unsigned id = 0;
  unsigned parent = 0;
  std::string root;
  std::string point;
  std::string type;           ///< "cgroup2"
  std::string options;        ///< of the mount: "rw,nosuid"
  std::string super_options;  ///< of the file system: "rw,cpu,cpuacct"
};

/// Lines that are none are left out.
std::vector<Mount> parse_mountinfo(std::string_view text);

}  // namespace kerneltour::host
