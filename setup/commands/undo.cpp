#include "commands/undo.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "commands/changing.hpp"
#include "commands/format.hpp"
#include "commands/kernel_options.hpp"
#include "commands/operands.hpp"
#include "commands/taking_back.hpp"
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

int list(bool json, const std::string& root) {
  const auto kept = fixes::read_journal(root + fixes::journal_directory, root);
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

int undo_one(const Arguments& arguments, const std::string& root, fixes::Journal* journal) {
  const auto kept = fixes::read_journal(root + fixes::journal_directory, root);
  const auto wanted = operand(arguments, "CHANGE");
  const auto* change = choose(kept, wanted);
  if (!change || change->stage == Stage::undone) {
    std::cout << (change ? fmt::format("Nothing to do: {} is taken back already.\n", id_of(*change))
                         : "Nothing to do: there is no change left to take back.\n");
    return 0;
  }
  // What belongs to the last change goes with it; one that is named goes alone.
  const auto changes = wanted ? std::vector{change} : group_of(kept, *change);
  std::cout << describe_taking_back(changes);
  if (!journal) {
    std::cout << "Nothing was changed: that is what --dry-run means.\n";
    return 0;
  }
  if (change->stage != Stage::made)
    throw std::runtime_error(fmt::format("{} is not settled; nothing was changed", id_of(*change)));
  return take_back(arguments, *journal, changes);
}

}  // namespace

Options undo_options() {
  Options options;
  add_kernel_root(options);
  options.add_options()("list", "List the changes: those that are made, and those that were taken back.");
  add_format(options);
  add_changing(options);
  return options;
}

int undo(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const auto root = kernel_root(arguments);
  if (arguments.count("list") != 0) {
    if (arguments.count("CHANGE") != 0) throw UsageError("--list lists all changes: name none with it");
    return list(json, root);
  }
  if (json) throw UsageError("--format is for --list");
  if (is_dry_run(arguments)) return undo_one(arguments, root, nullptr);
  need_root("undo");
  auto journal = open_journal(root);
  return undo_one(arguments, root, &journal);
}

}  // namespace kerneltour::commands
