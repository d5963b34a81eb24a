#include "commands/kernel_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "commands/changing.hpp"
#include "commands/format.hpp"
#include "commands/kernel_options.hpp"
#include "commands/kernel_sources.hpp"
#include "fixes/boot_trial.hpp"
#include "fixes/confirm_trial.hpp"
#include "fixes/kernel_packages.hpp"
#include "kernels/here.hpp"
#include "posix/terminal.hpp"
#include "posix/text.hpp"

namespace kerneltour::commands {
namespace {

using posix::printable;

/// What is known of the kernels of a host, and of what kerneltour did about them.
struct KernelStatus {
  host::BootSetup setup;
  std::vector<std::string> added;  ///< releases that kerneltour installed
  std::optional<fixes::Trial> trial;
  fixes::Confirmation came;  ///< of the trial
};

KernelStatus look(const std::string& root) {
  KernelStatus status;
  status.setup = boot_setup_of(root);
  const auto kept = fixes::read_journal(root + fixes::journal_directory, root);
  for (const auto& change : kept.changes)
    if (change.kind == fixes::kernel_packages.name && change.stage == fixes::Stage::made)
      status.added.push_back(fixes::addition_of(change).purpose);
  const auto* change = root.empty() ? fixes::trial_change(kept) : nullptr;
  if (!change) return status;
  status.trial = fixes::trial_of(*change);
  // Whether it does what it should, the service finds out: here nobody is asked.
  status.came =
      judge_trial(*status.trial, status.setup, fixes::trial_failure(), [] { return std::string(); });
  return status;
}

std::string trial_state(const KernelStatus& status) {
  using Outcome = fixes::Confirmation::Outcome;
  switch (status.came.outcome) {
    case Outcome::waiting:
      return "waiting";
    case Outcome::failed:
      return "failed";
    case Outcome::confirmed:
      return "running";
    case Outcome::no_trial:
      break;
  }
  return "none";
}

std::string trial_text(const KernelStatus& status) {
  if (!status.trial) return "No kernel is on trial.\n";
  auto text = fmt::format("On trial: Linux {}, {}.\n", printable(status.trial->release), trial_state(status));
  std::string_view rest = status.came.says;
  if (trial_state(status) == "running")
    return text +
           "  kerneltour-trial.service makes it the default once the host is up; or type: sudo kerneltour "
           "kernel "
           "confirm\n";
  while (!rest.empty()) text += fmt::format("  {}\n", printable(posix::take_line(rest)));
  return text + "  To take it back: sudo kerneltour undo\n";
}

std::string as_text(const KernelStatus& status) {
  std::string text;
  if (!status.setup.running.empty()) text += fmt::format("Running: Linux {}\n", status.setup.running);
  const auto started = kernels::default_release(status.setup);
  text += started.empty() ? "Default: the boot loader's choice, which kerneltour cannot tell here\n"
                          : fmt::format("Default: Linux {}\n", printable(started));
  for (const auto& release : status.added)
    text += fmt::format("Installed by kerneltour: Linux {}\n", printable(release));
  return text + trial_text(status);
}

std::string as_json(const KernelStatus& status) {
  nlohmann::ordered_json trial = nullptr;
  if (status.trial)
    trial = {{"release", status.trial->release},
             {"previous", status.trial->previous},
             {"parameters", status.trial->parameters},
             {"state", trial_state(status)},
             {"says", status.came.says}};
  const nlohmann::ordered_json json = {{"schema", 1},
                                       {"running", status.setup.running},
                                       {"default", kernels::default_release(status.setup)},
                                       {"installed", status.added},
                                       {"trial", std::move(trial)}};
  return json.dump(2) + "\n";
}

}  // namespace

Options kernel_status_options() {
  Options options;
  add_format(options);
  add_kernel_root(options);
  return options;
}

int kernel_status(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const auto status = look(kernel_root(arguments));
  std::cout << (json ? as_json(status) : as_text(status));
  return 0;
}

}  // namespace kerneltour::commands
