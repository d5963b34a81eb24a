#include "fixes/kind.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "fixes/added_packages.hpp"
#include "fixes/boot_trial.hpp"
#include "fixes/drop_ins.hpp"
#include "fixes/kernel_packages.hpp"
#include "fixes/subordinate_ids.hpp"
#include "fixes/user_manager.hpp"

namespace kerneltour::fixes {

std::optional<posix::FileLock> lock_of(const Kind& kind, const posix::FileLock::Waiting& waiting,
                                       const std::string& root) {
  if (!kind.lock) return std::nullopt;
  return kind.lock(waiting, root);
}

const Kind& kind_of(std::string_view name) {
  static const Kind* const kinds[] = {
      &subordinate_ids, &user_manager,   &cgroup_delegation, &boot_trial,       &boot_default,
      &kernel_packages, &added_packages, &sysctl_setting,    &apparmor_profile, &boot_parameter};
  for (const auto* kind : kinds) {
    if (kind->name == name) return *kind;
  }
  throw std::runtime_error(
      fmt::format("the journal has a change of the kind '{}', which this version does not know", name));
}

}  // namespace kerneltour::fixes
