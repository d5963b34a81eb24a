#include "commands/prepare.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "commands/changing.hpp"
#include "commands/fix_changes.hpp"
#include "commands/format.hpp"
#include "commands/prepare_plan.hpp"
#include "commands/prepare_report.hpp"
#include "commands/report.hpp"
#include "commands/selection.hpp"
#include "commands/subjects.hpp"

namespace kerneltour::commands {
namespace {

namespace po = boost::program_options;

using posix::printable;
using Outcome = PreparedFix::Outcome;

/// The command line, to be typed again with sudo(8).
std::string typed(const Arguments& arguments) {
  std::string text = "prepare";
  if (arguments.count("FEATURE") != 0) {
    for (const auto& feature : arguments["FEATURE"].as<std::vector<std::string>>()) text += " " + feature;
  }
  if (arguments.count("for") == 0) return text;
  text += " --for";
  for (const auto& chapter : arguments["for"].as<std::vector<std::string>>()) text += " " + chapter;
  return text;
}

/// What was done of a step, or why it was not. It is said at once where the end is not JSON.
void note(PreparedFix& step, Outcome outcome, const std::string& words, bool json) {
  step.outcome = outcome;
  step.says = words;
  if (outcome != Outcome::done)
    std::cerr << fmt::format("kerneltour: {}: {}\n", printable(step.planned.fix.summary), printable(words));
  else if (!json)
    std::cout << fmt::format("Done: {}.\n", printable(words)) << std::flush;
}

void carry_out(PreparedFix& step, fixes::Journal& journal, const features::Subject& owner, bool json) {
  try {
    note(step, Outcome::done, make_fix(journal, step.planned.fix, owner), json);
  } catch (const std::exception& error) {
    note(step, Outcome::failed, error.what(), json);
  }
}

/// All packages come in one run of dpkg, of which is said once how it went.
void carry_out_packages(Preparation& preparation, fixes::Journal& journal, bool json) {
  if (preparation.packages.steps.empty()) return;
  auto outcome = Outcome::done;
  std::string says;
  try {
    says = install_packages(journal, preparation.package_names);
  } catch (const std::exception& error) {
    outcome = Outcome::failed;
    says = error.what();
  }
  bool said = false;
  for (auto& step : preparation.steps) {
    if (kind_of(step.planned.fix) != "package" || step.outcome != Outcome::planned) continue;
    if (!std::exchange(said, true)) note(step, outcome, says, json);
    step.outcome = outcome;
    step.says = says;
  }
}

void carry_out(Preparation& preparation, fixes::Journal& journal, const features::Subject& owner, bool json) {
  journal.group_changes();
  carry_out_packages(preparation, journal, json);
  for (auto& step : preparation.steps) {
    if (step.outcome != Outcome::planned) continue;
    if (needs_what_failed(step, preparation))
      note(step, Outcome::left_out, "left out, as what comes before it failed", json);
    else
      carry_out(step, journal, owner, json);
  }
}

bool has_ours(const Preparation& preparation) {
  return std::ranges::find(preparation.steps, Outcome::planned, &PreparedFix::outcome) !=
         preparation.steps.end();
}

/// Packages that APT has nothing to do for are there, and yet something of them is missing: that is the
/// person's.
void plan_packages_of(Preparation& preparation) {
  std::string problem;
  try {
    preparation.packages = plan_packages(preparation.package_names);
  } catch (const std::exception& error) {
    problem = error.what();
  }
  for (auto& step : preparation.steps) {
    if (kind_of(step.planned.fix) != "package" || step.outcome != Outcome::planned) continue;
    const auto name = step.planned.fix.id.substr(step.planned.fix.id.find(':') + 1);
    step.says = problem;
    if (!problem.empty())
      step.outcome = Outcome::failed;
    else if (std::ranges::find(preparation.packages.steps, name, &apt::Step::package) ==
             preparation.packages.steps.end())
      step.outcome = Outcome::yours;
  }
}

Outcome outcome_before(const features::Fix& fix) {
  if (!is_made_here(fix)) return Outcome::yours;
  return waits_for_reboot(fix) ? Outcome::waiting : Outcome::planned;
}

Preparation plan(const std::vector<features::Judged>& judged) {
  Preparation preparation;
  const auto planned = plan_fixes(judged);
  for (const auto& fix : planned) preparation.steps.push_back({fix, outcome_before(fix.fix), {}});
  preparation.package_names = packages_in(planned);
  if (!preparation.package_names.empty()) plan_packages_of(preparation);
  return preparation;
}

void show(const Preparation& preparation, const std::vector<features::Judged>& judged, bool json) {
  std::cout << (json ? as_json(preparation, judged) : as_text(preparation, judged)) << std::flush;
}

int exit_status_of(const Preparation& preparation, const std::vector<features::Judged>& judged) {
  const bool failed =
      std::ranges::find(preparation.steps, Outcome::failed, &PreparedFix::outcome) != preparation.steps.end();
  return failed ? 1 : exit_status(judged);
}

}  // namespace

Options prepare_options() {
  Options options;
  add_format(options);
  add_selection(options, "Make ready what these chapters need");
  options.add_options()(
      "as", po::value<std::string>()->value_name("USER"),
      "Whose subordinate IDs and control groups count. Without it the user who called sudo, else root.");
  add_changing(options);
  return options;
}

int prepare(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const auto selected = selection_with_wanted(arguments);
  const auto subjects = subjects_here(
      arguments.count("as") != 0 ? std::optional(arguments["as"].as<std::string>()) : std::nullopt);
  // Before it looks: what an earlier run left half done is not to be taken for done.
  if (is_dry_run(arguments))
    note_unfinished();
  else if (::geteuid() == 0)
    settle_unfinished();
  auto judged = features::judge_running(selected.features, subjects).features;
  auto preparation = plan(judged);
  const bool ends_here = is_dry_run(arguments) || !has_ours(preparation);
  if (!json || ends_here) show(preparation, judged, json);
  if (ends_here) {
    if (!json) std::cout << tell_outcome(preparation, judged);
    return exit_status(judged);
  }
  need_root(typed(arguments));
  if (!is_wanted(arguments, "Go on?")) return 1;
  auto journal = open_journal();
  carry_out(preparation, journal, subjects.owner, json);
  judged = features::judge_running(selected.features, subjects).features;
  if (json)
    show(preparation, judged, true);
  else
    std::cout << tell_outcome(preparation, judged);
  return exit_status_of(preparation, judged);
}

}  // namespace kerneltour::commands
