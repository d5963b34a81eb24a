#include "commands/kernel_confirm.hpp"

#include <fmt/format.h>

#include <iostream>

#include "commands/changing.hpp"
#include "commands/kernel_judgement.hpp"
#include "commands/subjects.hpp"
#include "features/catalogue.hpp"
#include "fixes/confirm_trial.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

/// What the running kernel itself is to blame for: packages, settings and IDs were not its trial.
std::string problem() {
  std::string text;
  for (const auto& [feature, verdict] :
       features::judge_running(asked_features(Arguments()), subjects_here(std::nullopt)).features) {
    if (!is_kernels_own(verdict)) continue;
    text += fmt::format("{}{} is not ready: {}", text.empty() ? "" : "; ", feature->id, verdict.reason);
  }
  return text;
}

}  // namespace

Options kernel_confirm_options() { return {}; }

int kernel_confirm(const Arguments&) {
  need_root("kernel confirm");
  auto journal = open_journal();
  const auto came = fixes::confirm_trial(journal, fixes::journal_directory, say_waiting, problem);
  std::cout << fmt::format("{}: {}", name_of(came.outcome), came.says);
  return came.outcome == fixes::Confirmation::Outcome::failed ? 1 : 0;
}

}  // namespace kerneltour::commands
