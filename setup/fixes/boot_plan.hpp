#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fixes/change.hpp"
#include "fixes/trial.hpp"
#include "host/boot_setup.hpp"

namespace kerneltour::fixes {

/// How a kernel is to be booted.
enum class BootChoice {
  once,        ///< at the next start and at no other, until it has proved itself
  as_default,  ///< from now on
  no,          ///< not by itself: what is booted now stays the default
};

/// "once", "default", "no"
std::string_view name_of(BootChoice choice);
std::optional<BootChoice> parse_boot_choice(std::string_view name);

/// What somebody wants.
struct BootRequest {
  std::string release;
  BootChoice choice = BootChoice::once;
  std::vector<std::string> parameters = {};  ///< for its command line: "psi=1"
  unsigned panic =
      30;  ///< seconds after which a panic on trial restarts the machine (panic= of kernel-parameters)

  bool operator==(const BootRequest&) const = default;
};

/// A file that is written.
struct PlannedFile {
  std::string path;
  std::string text;
  mode_t mode = 0644;

  bool operator==(const PlannedFile&) const = default;
};

/// What it comes to.
struct BootPlan {
  std::string kind;          ///< of the change
  std::string summary;       ///< "Linux 6.12.9 is booted once; Linux 6.1.0-56-amd64 stays the default"
  std::string default_path;  ///< of the entry that is the default then
  std::vector<PlannedFile> files;
  std::vector<std::string> commands;  ///< that are run behind them
  std::vector<std::string> notes;     ///< what the person should know, a sentence each

  bool changes() const { return !files.empty(); }
  bool operator==(const BootPlan&) const = default;
};

/// Plans, and changes nothing. The kernel need not be installed yet: the plan rests on the entry of the
/// running one, and is best carried out before packages are touched, since update-grub makes the newest
/// kernel the default. `trial` is the one that is made already. Throws std::runtime_error, in words for the
/// person, where GRUB's menu is not what update-grub makes, or another start has been chosen already. What
/// else may stand against it is boot_obstacles()'s.
BootPlan plan_boot(const host::BootSetup& setup, const std::optional<Trial>& trial,
                   const BootRequest& request);

/// Makes the kernel that runs now, and was tried, the default, with the parameters of its trial. Throws
/// likewise.
BootPlan plan_confirmation(const host::BootSetup& setup, const Trial& trial);

/// The plan as a change of the files as they are now. Make it under the lock of boot_trial. Throws
/// std::runtime_error as look_at() does.
Change change_of(const BootPlan& plan);

}  // namespace kerneltour::fixes
