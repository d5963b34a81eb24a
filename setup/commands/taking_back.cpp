#include "commands/taking_back.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "commands/changing.hpp"
#include "commands/kernel_sources.hpp"
#include "commands/package_progress.hpp"
#include "fixes/boot_plan.hpp"
#include "fixes/boot_trial.hpp"
#include "fixes/kernel_packages.hpp"
#include "fixes/kind.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

using fixes::Change;
using posix::printable;
using Changes = std::vector<const Change*>;

std::string describe_packages(const Change& change) {
  std::string text;
  for (const auto& package : fixes::addition_of(change).packages)
    text += fmt::format("  purge {} {}\n", printable(package.name), printable(package.version));
  return text;
}

std::string describe_edits(const Change& change) {
  std::string text;
  for (const auto& edit : change.edits) {
    for (const auto& line : edit.added)
      text += fmt::format("  {}  take out {}\n", edit.path, printable(line));
    for (const auto& line : edit.removed)
      text += fmt::format("  {}  add      {}\n", edit.path, printable(line));
    if (!edit.by_lines())
      text += fmt::format("  {}  {}\n", edit.path, edit.before.exists ? "as it was before" : "remove");
  }
  return text;
}

std::string describe(const Change& change) {
  const auto& kind = fixes::kind_of(change.kind);
  auto text = fmt::format("To take back: {}\n({}, {}, by {})\n\n", printable(change.summary), id_of(change),
                          change.when, printable(change.by));
  if (fixes::brings_packages(change)) text += describe_packages(change);
  text += describe_edits(change);
  if (!kind.remark.empty()) text += fmt::format("\n{}\n", kind.remark);
  return text + "\n";
}

void refuse_obstacle(const Change& change) {
  if (const auto obstacle = fixes::kind_of(change.kind).obstacle(change); !obstacle.empty())
    throw std::runtime_error(
        fmt::format("{} cannot be taken back: {}; nothing was changed", id_of(change), obstacle));
}

/// The change among them that has the running kernel; nullptr where none has.
const Change* running_one(const Changes& changes, const host::BootSetup& setup) {
  const auto found = std::ranges::find_if(changes, [&](const Change* change) {
    return change->root.empty() && change->kind == fixes::kernel_packages.name &&
           fixes::addition_of(*change).purpose == setup.running;
  });
  return found == changes.end() ? nullptr : *found;
}

/// The kernel that ran when the running one was put on trial, or else the newest of the others.
std::string kernel_before(const Changes& changes, const host::BootSetup& setup) {
  const auto is_here = [&](const std::string& release) {
    return release != setup.running && std::ranges::find(setup.installed, release) != setup.installed.end();
  };
  for (const auto& change : fixes::read_journal(fixes::journal_directory).changes) {
    if (change.kind != fixes::boot_trial.name || change.group != changes.front()->group) continue;
    if (const auto trial = fixes::trial_of(change); is_here(trial.previous)) return trial.previous;
  }
  for (const auto& release : setup.installed)
    if (is_here(release)) return release;
  throw std::runtime_error(
      fmt::format("Linux {} runs, and there is no other kernel here to start instead; nothing was changed",
                  setup.running));
}

/// A kernel is not removed from under the system that it runs: the one before is booted first.
int leave_running_kernel(const Arguments& arguments, fixes::Journal& journal, const Changes& changes,
                         const host::BootSetup& setup) {
  const auto before = kernel_before(changes, setup);
  const auto next = fmt::format("Reboot, and then type: sudo kerneltour undo\n");
  auto plan = fixes::plan_boot(setup, std::nullopt, {before, fixes::BootChoice::as_default});
  if (setup.menu.default_entry == plan.default_path) {
    std::cout << fmt::format("Linux {} still runs. Linux {} is started next. {}", setup.running, before,
                             next);
    return 1;
  }
  std::cout << fmt::format("Linux {} runs, and is removed once Linux {} does.\n", setup.running, before);
  if (!is_wanted(arguments, "Have that one started at the next boot?")) return 1;
  const auto lock = fixes::lock_of(fixes::boot_default, say_waiting);
  auto change = fixes::change_of(plan);
  change.group = changes.front()->group;
  std::cout << fmt::format("Done: {}.\n{}", journal.make(std::move(change)).summary, next);
  return 0;
}

}  // namespace

Changes group_of(const fixes::Kept& kept, const Change& change) {
  Changes group;
  for (const auto& other : kept.changes)
    if (other.group == change.group && other.stage == fixes::Stage::made) group.push_back(&other);
  std::ranges::reverse(group);
  return group;
}

std::string describe_taking_back(const Changes& changes) {
  std::string text;
  for (const auto* change : changes) text += describe(*change);
  return text;
}

int take_back(const Arguments& arguments, fixes::Journal& journal, const Changes& changes) {
  const auto setup = boot_setup_of(changes.front()->root);
  if (running_one(changes, setup)) return leave_running_kernel(arguments, journal, changes, setup);
  refuse_obstacle(*changes.front());
  if (!is_wanted(arguments, "Go on?")) return 1;
  PackageProgress progress;
  fixes::tell_of_packages(&progress);
  for (const auto* change : changes) {
    const auto lock = fixes::lock_of(fixes::kind_of(change->kind), say_waiting, change->root);
    refuse_obstacle(*change);
    journal.take_back(*change);
    std::cout << fmt::format("Done: {} is taken back.\n", id_of(*change));
  }
  fixes::tell_of_packages(nullptr);
  return 0;
}

}  // namespace kerneltour::commands
