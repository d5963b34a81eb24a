#include "fixes/boot_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "fixes/boot_trial.hpp"
#include "fixes/grub_default.hpp"
#include "fixes/trial_entry.hpp"

namespace kerneltour::fixes {
namespace {

using host::BootSetup;
using host::GrubPlace;

constexpr std::string_view choices[] = {"once", "default", "no"};

constexpr const char* update = "update-grub";

[[noreturn]] void refuse(const std::string& reason) {
  throw std::runtime_error(reason + "; nothing was changed");
}

/// A parameter goes into scripts of the shell and of GRUB, and need not be quoted in either.
void refuse_odd_parameters(const std::vector<std::string>& parameters) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.=,:/-";
  for (const auto& parameter : parameters) {
    if (parameter.empty() || parameter == "--" || parameter.find_first_not_of(plain) != parameter.npos)
      refuse(fmt::format("'{}' is no boot parameter that kerneltour writes into GRUB's files", parameter));
  }
}

bool is_installed(const BootSetup& setup, const std::string& release) {
  return std::find(setup.installed.begin(), setup.installed.end(), release) != setup.installed.end();
}

GrubPlace running_entry(const BootSetup& setup) {
  if (setup.running.empty()) refuse("what is booted next can be chosen on the running host only");
  if (!setup.menu_failure.empty())
    refuse(fmt::format("cannot read {}: {}", host::grub_menu_path, setup.menu_failure));
  const auto place = entry_of_release(setup.menu, setup.running);
  if (!place)
    refuse(
        fmt::format("GRUB's menu ({}) has no entry of its own for the running kernel, Linux {}, which has to "
                    "be the way back: type update-grub, and see whether it finds that kernel",
                    host::grub_menu_path, setup.running));
  return *place;
}

/// The default now; nullopt where it is another system's, or one of the kernels installed here.
std::optional<GrubPlace> default_now(const BootSetup& setup) {
  const auto saved = setup.environment.find("saved_entry");
  return default_entry(setup.menu, saved == setup.environment.end() ? "" : saved->second);
}

/// Whether the entry is one of this system's kernels, and not another system's on the same disks.
bool is_kernel_here(const BootSetup& setup, const host::GrubMenuEntry& entry) {
  return is_installed(setup, entry.release) && !entry.id.starts_with("osprober-");
}

/// What stays the default: the running kernel, which is known to boot, unless it is another system by now.
std::string path_to_keep(const BootSetup& setup, const GrubPlace& running) {
  const auto now = default_now(setup);
  return !now || is_kernel_here(setup, *now->entry) ? running.path : now->path;
}

std::vector<std::string> notes_on_default(const BootSetup& setup) {
  const auto now = default_now(setup);
  if (!now || !is_kernel_here(setup, *now->entry) || now->entry->release == setup.running) return {};
  return {fmt::format(
      "GRUB's default has been Linux {}, which does not run now: as long as this stands it is the "
      "running kernel, Linux {}",
      now->entry->release, setup.running)};
}

/// The path that update-grub will give to a kernel's entry: that of the running one with another release.
std::string future_path(const BootSetup& setup, const GrubPlace& running, const std::string& release) {
  if (const auto place = entry_of_release(setup.menu, release)) return place->path;
  const auto part = fmt::format("gnulinux-{}-", setup.running);
  const auto at = running.path.find(part);
  if (at == std::string::npos)
    refuse(fmt::format("the entry of the running kernel in GRUB's menu, '{}', is none of update-grub's",
                       running.path));
  return running.path.substr(0, at) + fmt::format("gnulinux-{}-", release) +
         running.path.substr(at + part.size());
}

void refuse_other_start(const BootSetup& setup) {
  const auto next = setup.environment.find("next_entry");
  if (next == setup.environment.end() || next->second.empty() || next->second == trial_entry_id) return;
  refuse(
      fmt::format("'{}' is chosen already for the next start (grub-editenv list); reboot first, or take that "
                  "back: grub-editenv - unset next_entry",
                  next->second));
}

BootPlan plan_once(const BootSetup& setup, const BootRequest& request) {
  if (request.release == setup.running)
    refuse(fmt::format("Linux {} runs already: there is nothing to try", request.release));
  refuse_other_start(setup);
  const auto running = running_entry(setup);
  auto parameters = request.parameters;
  parameters.push_back(fmt::format("panic={}", request.panic));
  const auto entry = trial_entry(*running.entry, request.release, parameters);
  if (!entry)
    refuse(
        fmt::format("the entry of the running kernel in GRUB's menu, '{}', does not load it as update-grub's "
                    "entries do",
                    running.path));
  const Trial trial = {request.release, setup.running, request.parameters, setup.boot_id,
                       is_installed(setup, request.release)};
  BootPlan plan;
  plan.kind = boot_trial.name;
  plan.summary =
      fmt::format("Linux {} is booted once; Linux {} stays the default", request.release, setup.running);
  plan.default_path = path_to_keep(setup, running);
  if (plan.default_path != running.path)
    plan.summary = fmt::format("Linux {} is booted once; what is the default stays it", request.release);
  const auto why = fmt::format("as long as Linux {} is on trial, this stays the default.", request.release);
  plan.files = {{trial_default, default_drop_in(why, plan.default_path, {})},
                {trial_menu_script, menu_script(*entry), 0755},
                {trial_state, to_text(trial)}};
  plan.commands = {update, fmt::format("grub-reboot {}", trial_entry_id)};
  plan.notes = notes_on_default(setup);
  return plan;
}

/// The file that sets a default to stay. Parameters that an earlier one has set stay, too.
BootPlan plan_default(std::string summary, std::string_view why, std::string path,
                      std::vector<std::string> parameters) {
  for (auto& parameter : parameters_in(look_at(chosen_default).text)) {
    if (std::find(parameters.begin(), parameters.end(), parameter) == parameters.end())
      parameters.push_back(std::move(parameter));
  }
  BootPlan plan;
  plan.kind = boot_default.name;
  plan.summary = std::move(summary);
  plan.files = {{chosen_default, default_drop_in(why, path, parameters)}};
  plan.default_path = std::move(path);
  plan.commands = {update};
  return plan;
}

BootPlan plan_as_default(const BootSetup& setup, const BootRequest& request) {
  const auto running = running_entry(setup);
  return plan_default(fmt::format("Linux {} is GRUB's default", request.release),
                      fmt::format("Linux {} was chosen as the default.", request.release),
                      future_path(setup, running, request.release), request.parameters);
}

/// Parameters are for a kernel that is booted: none here.
BootPlan plan_to_stay(const BootSetup& setup, const BootRequest& request) {
  auto path = path_to_keep(setup, running_entry(setup));
  if (setup.menu.default_entry == path) return {};
  auto plan = plan_default(
      fmt::format("GRUB's default stays what it is, whatever kernel is newer than Linux {}", setup.running),
      fmt::format("what was the default before Linux {} was installed.", request.release), std::move(path),
      {});
  plan.notes = notes_on_default(setup);
  return plan;
}

}  // namespace

std::string_view name_of(BootChoice choice) { return choices[static_cast<std::size_t>(choice)]; }

std::optional<BootChoice> parse_boot_choice(std::string_view name) {
  for (const auto choice : {BootChoice::once, BootChoice::as_default, BootChoice::no})
    if (name_of(choice) == name) return choice;
  return std::nullopt;
}

BootPlan plan_boot(const BootSetup& setup, const std::optional<Trial>& trial, const BootRequest& request) {
  refuse_odd_parameters(request.parameters);
  if (trial)
    refuse(fmt::format("Linux {} is on trial: take that back first (kerneltour undo), or reboot into it",
                       trial->release));
  switch (request.choice) {
    case BootChoice::once:
      return plan_once(setup, request);
    case BootChoice::as_default:
      return plan_as_default(setup, request);
    case BootChoice::no:
      break;
  }
  return plan_to_stay(setup, request);
}

BootPlan plan_confirmation(const BootSetup& setup, const Trial& trial) {
  const auto place = entry_of_release(setup.menu, trial.release);
  if (!place)
    refuse(fmt::format(
        "GRUB's menu ({}) has no entry of its own for Linux {}: type update-grub, and see whether "
        "it finds that kernel",
        host::grub_menu_path, trial.release));
  return plan_default(fmt::format("Linux {}, booted on trial, is GRUB's default", trial.release),
                      fmt::format("Linux {} was booted on trial, and has proved itself.", trial.release),
                      place->path, trial.parameters);
}

Change change_of(const BootPlan& plan) {
  Change change;
  change.kind = plan.kind;
  change.summary = plan.summary;
  for (const auto& file : plan.files) {
    auto edit = write_file(file.path, file.text);
    edit.after.attributes.mode = file.mode;
    change.edits.push_back(std::move(edit));
  }
  return change;
}

}  // namespace kerneltour::fixes
