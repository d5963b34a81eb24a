#include "fixes/boot_trial.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "fixes/grub_default.hpp"
#include "fixes/grub_update.hpp"
#include "host/grub_environment.hpp"
#include "host/grub_menu.hpp"
#include "host/host.hpp"
#include "posix/error.hpp"
#include "posix/program.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

constexpr const char* grub_reboot = "/usr/sbin/grub-reboot";
constexpr const char* grub_editenv = "/usr/bin/grub-editenv";

bool exists(const char* path) { return access(path, F_OK) == 0; }

host::GrubMenu menu_now() { return host::parse_grub_menu(grub_menu_text()); }

/// A file of /etc/default/grub.d that sorts later, or a GRUB that reads none, would go unnoticed until a
/// boot.
void refuse_other_default(const host::GrubMenu& menu, const std::string& drop_in) {
  if (sets_default(look_at(drop_in).text, menu.default_entry)) return;
  throw std::runtime_error(
      fmt::format("update-grub made '{}' the default, and not what {} says: see whether "
                  "something else sets GRUB_DEFAULT",
                  menu.default_entry, drop_in));
}

void refuse_missing_entry(const host::GrubMenu& menu) {
  if (find_entry(menu, trial_entry_id)) return;
  throw std::runtime_error(fmt::format("update-grub made no menu entry of {}", trial_menu_script));
}

/// Only what a trial has chosen for the next start is taken back.
void forget_next_start() {
  const auto text = host::Host::running().read(host::grub_environment_path).text;
  const auto environment = host::parse_grub_environment(text).value_or(host::GrubEnvironment{});
  const auto next = environment.find("next_entry");
  if (next == environment.end() || (next->second != trial_entry_id && !next->second.empty())) return;
  posix::have_run({grub_editenv, host::grub_environment_path, "unset", "next_entry"});
}

std::string boot_id_now() {
  return std::string(posix::trim(host::Host::running().read("/proc/sys/kernel/random/boot_id").text));
}

void announce_end_of_trial() {
  if (exists(trial_outcome)) posix::remove_file(trial_outcome);
  if (!has_update_grub()) return;  // GRUB has gone meanwhile, and its menu with it
  forget_next_start();
  have_updated_grub();
}

/// The start is chosen last, when all that it needs is there; and only in the boot in which it was planned:
/// what is settled later may have been started already.
void announce_trial(const Change& change) {
  if (!exists(trial_state)) return announce_end_of_trial();
  have_updated_grub();
  const auto menu = menu_now();
  refuse_other_default(menu, trial_default);
  refuse_missing_entry(menu);
  if (trial_of(change).boot_id == boot_id_now()) posix::have_run({grub_reboot, trial_entry_id});
  have_boot_on_disk();
}

void announce_default(const Change&) {
  if (!has_update_grub() && !exists(chosen_default)) return;
  have_updated_grub();
  if (exists(chosen_default)) refuse_other_default(menu_now(), chosen_default);
  have_boot_on_disk();
}

/// Without the trial's default, the newest kernel may be GRUB's: one that was not there before, and that has
/// not proved itself.
std::string untried_kernel(const Change& change) {
  const auto trial = trial_of(change);
  const bool installed = exists(("/boot/vmlinuz-" + trial.release).c_str()) ||
                         exists(("/boot/vmlinux-" + trial.release).c_str());
  if (trial.was_installed || !installed) return {};
  return fmt::format(
      "Linux {0}, which has not proved itself, could become the default; remove it first: kerneltour kernel "
      "remove {0}",
      trial.release);
}

std::string no_obstacle(const Change&) { return {}; }

}  // namespace

const Kind boot_trial = {
    "boot-trial", lock_grub, untried_kernel, "GRUB's default is then what it was before.", announce_trial,
};

const Kind boot_default = {
    "boot-default",
    lock_grub,
    no_obstacle,
    "GRUB's default is then what it was before: without a choice of one, the newest kernel.",
    announce_default,
};

const Change* trial_change(const Kept& kept) {
  const auto found = std::find_if(kept.changes.rbegin(), kept.changes.rend(), [](const Change& change) {
    return change.kind == boot_trial.name && change.stage == Stage::made;
  });
  return found == kept.changes.rend() ? nullptr : &*found;
}

Trial trial_of(const Change& change) {
  for (const auto& edit : change.edits)
    if (edit.path == trial_state) return parse_trial(edit.after.text);
  throw std::runtime_error(fmt::format("{} has no {}", id_of(change), trial_state));
}

std::string trial_failure() { return look_at(trial_outcome).text; }

}  // namespace kerneltour::fixes
