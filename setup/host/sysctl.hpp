#pragma once

#include <map>
#include <string>
#include <string_view>

namespace kerneltour::host {

class Host;

/// A kernel setting, and where its value was read.
struct Setting {
  std::string value;   ///< white space around it taken away
  std::string source;  ///< "/proc/sys/user/max_user_namespaces", "/etc/sysctl.d/60-lxc.conf"
};

using Sysctls = std::map<std::string, Setting, std::less<>>;

/// The lines of a sysctl.d(5) file: NAME = VALUE, names with dots ('/' for '.' as the first separator is
/// accepted too), '-' before a name ignored, comments with '#' or ';'. Globs are left out.
std::map<std::string, std::string, std::less<>> parse_sysctl_conf(std::string_view text);

/// The settings that features ask for: from /proc/sys where there is one (`current`), else as sysctl.d(5)
/// will set them at boot (/etc, /run, /usr/local/lib, /usr/lib, /lib; a name in an earlier directory hides it
/// in a later one; /etc/sysctl.conf last). A setting found in neither is left out.
Sysctls read_sysctls(const Host& host, bool current);

}  // namespace kerneltour::host
