#include "host/security_modules.hpp"

#include <algorithm>

#include "host/boot_parameters.hpp"
#include "host/host.hpp"
#include "posix/terminal.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {

bool SecurityModules::has(std::string_view name) const {
  return std::find(active.begin(), active.end(), name) != active.end();
}

std::vector<std::string> parse_security_modules(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string_view field : posix::fields(posix::trim(text), ',')) {
    const auto name = posix::trim(field);
    if (!name.empty()) names.push_back(posix::printable(name));
  }
  return names;
}

bool apparmor_off_at_boot(const BootParameters& parameters) {
  constexpr std::string_view apparmor = "apparmor";
  if (parameters.last(apparmor) == "0") return true;
  if (const auto order = parameters.last("lsm")) {
    const auto names = parse_security_modules(*order);
    return std::find(names.begin(), names.end(), apparmor) == names.end();
  }
  const auto chosen = parameters.last("security");
  return chosen && !chosen->empty() && *chosen != apparmor;
}

SecurityModules read_security_modules(const Host& host) {
  SecurityModules modules;
  const std::string list = "/sys/kernel/security/lsm";
  if (const auto file = host.read(list); file.ok()) {
    modules.known = true;
    modules.active = parse_security_modules(file.text);
    modules.source = list;
    return modules;
  }
  const std::string apparmor = "/sys/module/apparmor/parameters/enabled";
  if (const auto file = host.read(apparmor); file.ok()) {
    if (posix::trim(file.text) == "Y") modules.active.emplace_back("apparmor");
    modules.source = apparmor;
  }
  return modules;
}

}  // namespace kerneltour::host
