#include "commands/overview.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "chapters/catalogue.hpp"
#include "commands/next_chapter.hpp"
#include "commands/report.hpp"
#include "commands/subjects.hpp"
#include "features/catalogue.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

using features::Status;
using posix::printable;

/// A paragraph as wide as the terminal.
std::string paragraph(const std::string& words) {
  std::string text;
  for (const auto& line : posix::wrap(printable(words), posix::Terminal::of(STDOUT_FILENO).width()))
    text += line + "\n";
  return text;
}

std::string host_text(const host::Facts& facts) {
  return fmt::format("Linux {} on {}.", facts.release ? facts.release->text : "?",
                     facts.os.pretty_name.empty() ? facts.os.id : facts.os.pretty_name);
}

std::string readiness_text(const std::vector<Judged>& judged) {
  std::string missing;
  for (const auto& [feature, verdict] : judged) {
    if (verdict.status == Status::ready) continue;
    missing += fmt::format("{}{} ({})", missing.empty() ? "" : ", ", feature->id, name_of(verdict.status));
  }
  const auto can = std::ranges::count_if(chapters::catalogue(), [&](const chapters::Chapter& chapter) {
    return judge_chapter(chapter, judged).status == Status::ready;
  });
  const auto text =
      fmt::format("{} of {} chapters have all that they need.", can, chapters::catalogue().size());
  return missing.empty() ? text : fmt::format("{} Not ready: {}.", text, missing);
}

std::string progress_text(const chapters::Progress& progress, const chapters::Chapter* next) {
  const auto done = std::ranges::count_if(progress, [](const auto& entry) { return entry.second.finished; });
  auto text = fmt::format("You have been through {} of {} chapters.", done, chapters::catalogue().size());
  if (next) text += fmt::format(" Next: {}, {}.", next->number, next->title);
  return text;
}

std::string line(std::string_view command, std::string_view about) {
  return fmt::format("  {:<26}{}\n", command, about);
}

bool is_any(const std::vector<Judged>& judged, Status status) {
  return std::ranges::any_of(judged, [&](const Judged& one) { return one.verdict.status == status; });
}

std::string commands_text(const std::vector<Judged>& judged, const chapters::Chapter* next) {
  std::string text;
  if (is_any(judged, Status::fixable)) text += line("sudo kerneltour prepare", "makes ready what is missing");
  if (next) text += line("kerneltour run", fmt::format("goes on with chapter {}", next->number));
  return text + line("kerneltour chapters", "lists them all") +
         line("kerneltour check", "says what stands in the way, and why") +
         line("kerneltour --help", "lists all commands");
}

}  // namespace

int overview() {
  const auto all = features::catalogue();
  const auto [facts, judged] = features::judge_running({all.begin(), all.end()}, subjects_here(std::nullopt));
  const auto progress = progress_here();
  const auto* next = next_chapter(progress);
  std::cout << paragraph(host_text(facts) + " " + readiness_text(judged)) << '\n'
            << paragraph(progress_text(progress, next)) << '\n'
            << commands_text(judged, next);
  return 0;
}

}  // namespace kerneltour::commands
