#include "commands/prepare_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "commands/package_progress.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

using features::Status;
using posix::printable;
using Outcome = PreparedFix::Outcome;
using Judged = std::vector<features::Judged>;

constexpr std::string_view outcomes[] = {"planned", "waiting", "yours", "done", "failed", "left-out"};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string describe(const PreparedFix& step) {
  const auto& planned = step.planned;
  std::string text =
      fmt::format("  {} ({}){}{}\n", printable(planned.fix.summary), joined(planned.features),
                  planned.fix.reboot ? ", then reboot" : "", planned.fix.commands.empty() ? "" : ":");
  for (const auto& command : planned.fix.commands) text += fmt::format("      {}\n", printable(command));
  if (!step.says.empty()) text += fmt::format("    {}\n", printable(step.says));
  return text;
}

std::string section(const Preparation& preparation, Outcome outcome, std::string_view heading) {
  std::string text;
  for (const auto& step : preparation.steps)
    if (step.outcome == outcome) text += describe(step);
  return text.empty() ? text : fmt::format("{}\n{}\n", heading, text);
}

/// Their commands are not wanted any more.
std::string section_of_waiting(const Preparation& preparation) {
  std::string text;
  for (const auto& step : preparation.steps)
    if (step.outcome == Outcome::waiting)
      text += fmt::format("  {} ({})\n", printable(step.planned.fix.summary), joined(step.planned.features));
  return text.empty() ? text : fmt::format("Done already, and in force from the next boot on:\n{}\n", text);
}

/// Packages come with others.
std::string packages_text(const Preparation& preparation) {
  std::vector<std::string> more;
  std::uint64_t download = 0;
  for (const auto& step : preparation.packages.steps) {
    download += step.download;
    if (std::ranges::find(preparation.package_names, step.package) == preparation.package_names.end())
      more.push_back(fmt::format("{}{}", step.package, step.from.empty() ? "" : " (upgraded)"));
  }
  if (more.empty()) return {};
  const auto words =
      fmt::format("With these packages come {}; {} in all.", joined(more), size_text(download));
  std::string text;
  for (const auto& line : posix::wrap(printable(words), posix::Terminal::of(STDOUT_FILENO).width()))
    text += line + "\n";
  return text + "\n";
}

/// What no fix here makes ready, and why.
std::string hopeless(const Judged& judged) {
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

bool is_any(const Preparation& preparation, Outcome outcome) {
  return std::ranges::find(preparation.steps, outcome, &PreparedFix::outcome) != preparation.steps.end();
}

bool wants_reboot(const Preparation& preparation) {
  return std::ranges::any_of(preparation.steps, [](const PreparedFix& step) {
    return step.outcome == Outcome::waiting || (step.outcome == Outcome::done && step.planned.fix.reboot);
  });
}

}  // namespace

std::string_view name_of(Outcome outcome) { return outcomes[static_cast<std::size_t>(outcome)]; }

bool needs_what_failed(const PreparedFix& step, const Preparation& preparation) {
  return std::ranges::any_of(preparation.steps, [&](const PreparedFix& other) {
    return other.outcome == Outcome::failed &&
           std::ranges::find_first_of(other.planned.features, step.planned.features) !=
               other.planned.features.end();
  });
}

std::string as_text(const Preparation& preparation, const Judged& judged) {
  return section(preparation, Outcome::planned, "kerneltour does, and can take back:") +
         packages_text(preparation) + section_of_waiting(preparation) +
         section(preparation, Outcome::yours, "You type, as root; these kerneltour does not do itself:") +
         section(preparation, Outcome::failed, "Not possible now:") + hopeless(judged);
}

std::string tell_outcome(const Preparation& preparation, const Judged& judged) {
  std::vector<std::string> waiting;
  for (const auto& [feature, verdict] : judged)
    if (verdict.status != Status::ready) waiting.emplace_back(feature->id);
  std::string text;
  if (waiting.empty())
    text = is_any(preparation, Outcome::done) ? "Ready.\n" : "Ready: nothing to do.\n";
  else
    text = fmt::format("Not ready yet: {}.\n", joined(waiting));
  if (wants_reboot(preparation))
    text += "Reboot, so that all of it is in force, and type: kerneltour check\n";
  if (is_any(preparation, Outcome::done)) text += "To take it all back: sudo kerneltour undo\n";
  return text;
}

std::string as_json(const Preparation& preparation, const Judged& judged) {
  using Json = nlohmann::ordered_json;
  Json steps = Json::array();
  for (const auto& step : preparation.steps)
    steps.push_back({{"id", step.planned.fix.id},
                     {"summary", step.planned.fix.summary},
                     {"features", step.planned.features},
                     {"commands", step.planned.fix.commands},
                     {"root", step.planned.fix.root},
                     {"reboot", step.planned.fix.reboot},
                     {"outcome", name_of(step.outcome)},
                     {"says", step.says}});
  Json features = Json::array();
  for (const auto& [feature, verdict] : judged)
    features.push_back(
        {{"id", feature->id}, {"status", name_of(verdict.status)}, {"reason", verdict.reason}});
  const Json json = {{"schema", 1},
                     {"steps", std::move(steps)},
                     {"reboot", wants_reboot(preparation)},
                     {"features", std::move(features)}};
  return json.dump(2) + "\n";
}

}  // namespace kerneltour::commands
