#include "fixes/confirm_trial.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fixes/boot_plan.hpp"
#include "fixes/boot_trial.hpp"
#include "host/boot_traces.hpp"
#include "posix/atomic_file.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

using host::BootSetup;
using Outcome = Confirmation::Outcome;

bool was_not_loaded(const BootSetup& setup) {
  for (const auto word : posix::words(setup.command_line))
    if (word == trial_not_loaded) return true;
  return false;
}

bool is_chosen_still(const BootSetup& setup) {
  const auto next = setup.environment.find("next_entry");
  return next != setup.environment.end() && next->second == trial_entry_id;
}

bool is_installed(const BootSetup& setup, const std::string& release) {
  return std::ranges::find(setup.installed, release) != setup.installed.end();
}

/// Whether it can have been started: GRUB had its files, and they are here still.
bool can_have_run(const Trial& trial, const BootSetup& setup) {
  return !was_not_loaded(setup) && is_installed(setup, trial.release);
}

/// The kernel on trial does not run: what is known of it.
std::string why_not_running(const Trial& trial, const BootSetup& setup) {
  if (was_not_loaded(setup))
    return fmt::format(
        "GRUB could not load its image or its initial RAM disk, and loaded Linux {} in the same start\n",
        setup.running);
  if (!is_installed(setup, trial.release))
    return fmt::format(
        "it is not installed: its installation was cut short, or it was removed since; Linux {} runs\n",
        setup.running);
  return fmt::format("it was started, and did not stay: Linux {} runs\n", setup.running) +
         (trial.previous == setup.running ? ""
                                          : fmt::format("Linux {} was to be the way back\n", trial.previous));
}

std::string with_traces(std::string text, const Trial& trial) {
  const auto traces = host::traces_of(host::Host::running(), trial.release);
  for (const auto& trace : traces) text += trace + "\n";
  if (traces.empty()) text += "neither pstore nor the journal has anything of it: it did not come that far\n";
  return text;
}

void keep_failure(const std::string& text) { posix::replace_file(trial_outcome, text, {.mode = 0644}); }

/// Two changes, each of them whole: between them both kernels have their default, and the later file counts.
void make_default(Journal& journal, const Change& change, const Trial& trial, const BootSetup& setup) {
  const auto plan = plan_confirmation(setup, trial);
  if (setup.menu.default_entry != plan.default_path) {
    auto made_default = change_of(plan);
    made_default.group = change.group;  // one undo takes back the kernel and what came of its trial
    journal.make(std::move(made_default));
  }
  journal.take_back(change);
}

}  // namespace

std::string_view name_of(Outcome outcome) {
  constexpr std::string_view names[] = {"no-trial", "waiting", "confirmed", "failed"};
  return names[static_cast<std::size_t>(outcome)];
}

Confirmation judge_trial(const Trial& trial, const BootSetup& setup, const std::string& failed_before,
                         const std::function<std::string()>& problem) {
  if (!failed_before.empty()) return {Outcome::failed, failed_before};
  if (setup.boot_id == trial.boot_id || (is_chosen_still(setup) && setup.running != trial.release))
    return {Outcome::waiting, fmt::format("Linux {} is started at the next boot\n", trial.release)};
  if (setup.running != trial.release) return {Outcome::failed, why_not_running(trial, setup)};
  const auto missing = problem();
  if (!missing.empty()) return {Outcome::failed, fmt::format("it runs, and yet {}\n", missing)};
  return {Outcome::confirmed, fmt::format("Linux {} runs, and is the default now\n", trial.release)};
}

Confirmation confirm_trial(Journal& journal, const std::string& directory,
                           const posix::FileLock::Waiting& waiting,
                           const std::function<std::string()>& problem) {
  const auto kept = read_journal(directory);
  const auto* change = trial_change(kept);
  if (!change) return {Outcome::no_trial, "no kernel is on trial\n"};
  const auto lock = lock_of(boot_trial, waiting);
  const auto trial = trial_of(*change);
  const auto running_host = host::Host::running();
  host::Reader reader(running_host);
  const auto setup = read_boot_setup(reader);
  const auto failed_before = trial_failure();
  auto confirmation = judge_trial(trial, setup, failed_before, problem);
  if (confirmation.outcome == Outcome::confirmed) make_default(journal, *change, trial, setup);
  if (confirmation.outcome != Outcome::failed || !failed_before.empty()) return confirmation;
  if (setup.running != trial.release && can_have_run(trial, setup))
    confirmation.says = with_traces(std::move(confirmation.says), trial);
  keep_failure(confirmation.says);
  return confirmation;
}

}  // namespace kerneltour::fixes
