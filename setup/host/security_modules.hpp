#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

class BootParameters;
class Host;

/// The security modules (LSM) that are active.
struct SecurityModules {
  /// Whether the list could be read: securityfs may not be mounted. Where it could not and `source` is not
  /// empty, only AppArmor was told of.
  bool known = false;
  std::vector<std::string> active;
  std::string source;  ///< the file it was read from

  bool has(std::string_view name) const;
};

/// "lockdown,capability,yama,apparmor": /sys/kernel/security/lsm.
std::vector<std::string> parse_security_modules(std::string_view text);

/// Whether a kernel that has AppArmor starts without it: apparmor=0, lsm= without it, or another module in
/// security=, which lsm= overrides (kernel-parameters.rst).
bool apparmor_off_at_boot(const BootParameters& parameters);

/// /sys/kernel/security/lsm, else /sys/module/apparmor/parameters/enabled.
SecurityModules read_security_modules(const Host& host);

}  // namespace kerneltour::host
