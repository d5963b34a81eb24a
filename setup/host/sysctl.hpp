#pragma once

#include <map>
#include <string>
#include <string_view>

namespace kerneltour::host {

class BootParameters;
class Reader;

/// A kernel setting, and where its value was read.
struct Setting {
  std::string value;   ///< white space around it taken away
  std::string source;  ///< "/proc/sys/user/max_user_namespaces", "/etc/sysctl.d/60-lxc.conf"
};

using Sysctls = std::map<std::string, Setting, std::less<>>;

/// The lines of a sysctl.d(5) file: NAME = VALUE, names with dots ('/' for '.' as the first separator is
/// accepted too), '-' before a name ignored, comments with '#' or ';'. Globs are left out.
std::map<std::string, std::string, std::less<>> parse_sysctl_conf(std::string_view text);

/// The settings that features ask for, as /proc/sys has them now. One that is not there is left out.
Sysctls read_current_sysctls(Reader& reader);

/// The same settings as they will be after a boot: `before` are those that the kernel starts with, over which
/// sysctl.d(5) goes (/etc, /run, /usr/local/lib, /usr/lib, /lib; a name in an earlier directory hides it in
/// a later one). systemd-sysctl(8) reads /etc/sysctl.conf only where a link in one of these leads to it; the
/// sysctl(8) that other systems start reads it last.
Sysctls read_configured_sysctls(Reader& reader, bool systemd, Sysctls before = {});

/// Those that the kernel sets itself from sysctl.NAME=VALUE on its command line, since Linux 5.8
/// (fs/proc/proc_sysctl.c: process_sysctl_arg).
Sysctls boot_parameter_sysctls(const BootParameters& parameters, const std::string& source);

}  // namespace kerneltour::host
