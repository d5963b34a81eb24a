#include "commands/undo.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "commands/changing.hpp"
#include "commands/format.hpp"
#include "commands/operands.hpp"
#include "fixes/journal.hpp"
#include "fixes/kind.hpp"
#include "posix/terminal.hpp"
#include "posix/text.hpp"

namespace kerneltour::commands {
namespace {

using fixes::Change;
using fixes::Stage;

std::string as_text(const fixes::Kept& kept, const posix::Terminal& terminal) {
  if (kept.changes.empty()) return "kerneltour has changed nothing on this host.\n";
  std::string text = terminal.paint(posix::Colour::bold, "CHANGE  STAGE    WHEN                  BY") + "\n";
  for (const auto& change : kept.changes)
    text += fmt::format("{:6}  {:7}  {:20}  {}\n        {}\n", change.number, name_of(change.stage),
                        change.when, posix::printable(change.by), posix::printable(change.summary));
  return text;
}

std::string as_json(const fixes::Kept& kept) {
  nlohmann::ordered_json json = {{"schema", 1}, {"changes", nlohmann::ordered_json::array()}};
  for (const auto& change : kept.changes) {
    auto files = nlohmann::ordered_json::array();
    for (const auto& edit : change.edits) files.push_back(edit.path);
    json["changes"].push_back({{"id", id_of(change)},
                               {"kind", change.kind},
                               {"summary", change.summary},
                               {"stage", name_of(change.stage)},
                               {"when", change.when},
                               {"by", change.by},
                               {"files", std::move(files)}});
  }
  return json.dump(2) + "\n";
}

int list(bool json) {
  const auto kept = fixes::read_journal(fixes::journal_directory);
  for (const auto& problem : kept.problems) std::cerr << "kerneltour: " << posix::printable(problem) << '\n';
  if (kept.changes.empty() && !kept.problems.empty()) return 1;
  std::cout << (json ? as_json(kept) : as_text(kept, posix::Terminal::of(STDOUT_FILENO)));
  return 0;
}

/// The change that is named by its number or id, or the last one that is made; nullptr where nothing is left
/// to take back.
const Change* choose(const fixes::Kept& kept, const std::optional<std::string>& wanted) {
  const auto& changes = kept.changes;
  const auto number = posix::parse_number<unsigned>(wanted.value_or("")).value_or(0);  // the first one is 1
  const auto found = std::find_if(changes.rbegin(), changes.rend(), [&](const Change& change) {
    return wanted ? id_of(change) == *wanted || change.number == number : change.stage == Stage::made;
  });
  if (found != changes.rend()) return &*found;
  if (wanted)
    throw UsageError(
        fmt::format("there is no change '{}'; kerneltour undo --list names them", posix::printable(*wanted)));
  return nullptr;
}

std::string describe(const Change& change, const fixes::Kind& kind) {
  using posix::printable;
  std::string text = fmt::format("To take back: {}\n({}, {}, by {})\n\n", printable(change.summary),
                                 id_of(change), change.when, printable(change.by));
  for (const auto& edit : change.edits) {
    for (const auto& line : edit.added)
      text += fmt::format("  {}  take out {}\n", edit.path, printable(line));
    for (const auto& line : edit.removed)
      text += fmt::format("  {}  add      {}\n", edit.path, printable(line));
    if (!edit.by_lines())
      text += fmt::format("  {}  {}\n", edit.path, edit.before.exists ? "as it was before" : "remove");
  }
  if (!kind.remark.empty()) text += fmt::format("\n{}\n", kind.remark);
  return text + "\n";
}

void refuse_obstacle(const Change& change, const fixes::Kind& kind) {
  if (const auto obstacle = kind.obstacle(change); !obstacle.empty())
    throw std::runtime_error(
        fmt::format("{} cannot be taken back: {}; nothing was changed", id_of(change), obstacle));
}

void carry_out(fixes::Journal& journal, const Change& change, const fixes::Kind& kind) {
  const auto lock = fixes::lock_of(kind, say_waiting);
  refuse_obstacle(change, kind);
  journal.take_back(change);
  std::cout << fmt::format("Done: {} is taken back.\n", id_of(change));
}

int undo_one(const Arguments& arguments, fixes::Journal* journal) {
  const auto kept = fixes::read_journal(fixes::journal_directory);
  const auto* change = choose(kept, operand(arguments, "CHANGE"));
  if (!change || change->stage == Stage::undone) {
    std::cout << (change ? fmt::format("Nothing to do: {} is taken back already.\n", id_of(*change))
                         : "Nothing to do: there is no change left to take back.\n");
    return 0;
  }
  const auto& kind = fixes::kind_of(change->kind);
  std::cout << describe(*change, kind);
  if (!journal) {
    std::cout << "Nothing was changed: that is what --dry-run means.\n";
    return 0;
  }
  if (change->stage != Stage::made)
    throw std::runtime_error(fmt::format("{} is not settled; nothing was changed", id_of(*change)));
  refuse_obstacle(*change, kind);
  if (!is_wanted(arguments, "Go on?")) return 1;
  carry_out(*journal, *change, kind);
  return 0;
}

}  // namespace

Options undo_options() {
  Options options;
  options.add_options()("list", "List the changes: those that are made, and those that were taken back.");
  add_format(options);
  add_changing(options);
  return options;
}

int undo(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  if (arguments.count("list") != 0) {
    if (arguments.count("CHANGE") != 0) throw UsageError("--list lists all changes: name none with it");
    return list(json);
  }
  if (json) throw UsageError("--format is for --list");
  if (is_dry_run(arguments)) return undo_one(arguments, nullptr);
  need_root("undo");
  auto journal = open_journal();
  return undo_one(arguments, &journal);
}

}  // namespace kerneltour::commands
