#include "commands/prepare.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "commands/changing.hpp"
#include "commands/prepare_plan.hpp"
#include "commands/report.hpp"
#include "commands/selection.hpp"
#include "commands/subid_grant.hpp"
#include "commands/subjects.hpp"
#include "fixes/user_manager.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

namespace po = boost::program_options;

using features::Status;
using posix::printable;

constexpr std::string_view made_here[] = {"subordinate-ids", "cgroup-delegation", "user-manager"};

/// Whether kerneltour makes this fix itself: what it makes stands in its journal, and can be taken back. The
/// others are commands for the person.
bool is_ours(const features::Fix& fix) {
  return std::ranges::find(made_here, kind_of(fix)) != std::end(made_here);
}

std::string describe(const PlannedFix& planned) {
  std::string names;
  for (const auto& feature : planned.features) names += (names.empty() ? "" : ", ") + feature;
  std::string text =
      fmt::format("  {} ({}){}{}\n", printable(planned.fix.summary), names,
                  planned.fix.reboot ? ", then reboot" : "", planned.fix.commands.empty() ? "" : ":");
  for (const auto& command : planned.fix.commands) text += fmt::format("      {}\n", printable(command));
  return text;
}

/// The fixes that are ours, or those that are not, below a heading.
std::string section(const std::vector<PlannedFix>& plan, bool ours, std::string_view heading) {
  std::string text;
  for (const auto& planned : plan) {
    if (is_ours(planned.fix) == ours) text += describe(planned);
  }
  return text.empty() ? text : fmt::format("{}\n{}\n", heading, text);
}

/// What no fix here makes ready, and why.
std::string hopeless(const std::vector<features::Judged>& judged) {
  constexpr std::size_t indent = 2;
  const auto width = posix::Terminal::of(STDOUT_FILENO).width() - indent;
  std::string text;
  for (const auto& [feature, verdict] : judged) {
    if (verdict.status == Status::ready || verdict.status == Status::fixable) continue;
    const auto sentence =
        fmt::format("{} ({}): {}", feature->id, name_of(verdict.status), printable(verdict.reason));
    for (const auto& line : posix::wrap(sentence, width)) text += fmt::format("{:{}}{}\n", "", indent, line);
  }
  return text.empty() ? text : fmt::format("Nothing that can be typed here helps:\n{}\n", text);
}

std::string describe(const std::vector<PlannedFix>& plan, const std::vector<features::Judged>& judged) {
  return section(plan, true, "kerneltour does, and can take back:") +
         section(plan, false, "You type, as root; these kerneltour does not do itself:") + hopeless(judged);
}

void make(fixes::Journal& journal, const fixes::Change& wanted) {
  const auto change = journal.make(wanted);
  std::cout << fmt::format("Done: {}.\nTo take it back: sudo kerneltour undo {}\n", printable(change.summary),
                           change.number);
}

/// Makes a fix that is ours.
void carry_out(fixes::Journal& journal, const features::Fix& fix, const features::Subject& owner) {
  const auto kind = kind_of(fix);
  if (kind == "subordinate-ids") grant_to(journal, {owner.name, owner.uid, std::nullopt, std::nullopt});
  if (kind == "cgroup-delegation") make(journal, fixes::delegate_controllers(owner.name, owner.uid));
  if (kind == "user-manager") make(journal, fixes::keep_user_manager(owner.name));
}

bool has_ours(const std::vector<PlannedFix>& plan) {
  return std::any_of(plan.begin(), plan.end(),
                     [](const PlannedFix& planned) { return is_ours(planned.fix); });
}

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

/// How it stands afterwards, in one line.
int tell_outcome(const std::vector<features::Judged>& judged) {
  std::string waiting;
  for (const auto& [feature, verdict] : judged) {
    if (verdict.status != Status::ready)
      waiting += fmt::format("{}{}", waiting.empty() ? "" : ", ", feature->id);
  }
  std::cout << (waiting.empty() ? std::string("Ready.\n") : fmt::format("Not ready yet: {}.\n", waiting));
  return exit_status(judged);
}

}  // namespace

Options prepare_options() {
  Options options;
  add_selection(options, "Make ready what these chapters need");
  options.add_options()(
      "as", po::value<std::string>()->value_name("USER"),
      "Whose subordinate IDs and control groups count. Without it the user who called sudo, else root.");
  add_changing(options);
  return options;
}

int prepare(const Arguments& arguments) {
  const auto selected = selection_with_wanted(arguments);
  const auto subjects = subjects_here(
      arguments.count("as") != 0 ? std::optional(arguments["as"].as<std::string>()) : std::nullopt);
  const auto judged = features::judge_running(selected.features, subjects).features;
  const auto plan = plan_fixes(judged);
  std::cout << describe(plan, judged);
  if (is_dry_run(arguments) || !has_ours(plan)) return tell_outcome(judged);
  need_root(typed(arguments));
  if (!is_wanted(arguments, "Go on?")) return 1;
  auto journal = open_journal();
  for (const auto& planned : plan)
    if (is_ours(planned.fix)) carry_out(journal, planned.fix, subjects.owner);
  return tell_outcome(features::judge_running(selected.features, subjects).features);
}

}  // namespace kerneltour::commands
