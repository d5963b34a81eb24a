#include "commands/changing.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iostream>
#include <vector>

#include "posix/terminal.hpp"
#include "posix/text.hpp"

namespace kerneltour::commands {
namespace {

std::vector<fixes::Change> unfinished() {
  auto changes = fixes::read_journal(fixes::journal_directory).changes;
  std::erase_if(changes, [](const auto& change) {
    return change.stage != fixes::Stage::begun && change.stage != fixes::Stage::undoing;
  });
  return changes;
}

}  // namespace

void add_changing(Options& options) {
  auto add = options.add_options();
  add("dry-run", "Say what would be done, and do nothing. Does not need root.");
  add("yes", "Do it without asking.");
}

bool is_dry_run(const Arguments& arguments) { return arguments.count("dry-run") != 0; }

void need_root(std::string_view command) {
  if (::geteuid() == 0) return;
  throw std::runtime_error(fmt::format(
      "this changes the host, and needs root; nothing was changed. Type: sudo kerneltour {}", command));
}

bool is_wanted(const Arguments& arguments, std::string_view question) {
  if (arguments.count("yes") != 0) return true;
  if (!::isatty(STDIN_FILENO) || !::isatty(STDOUT_FILENO))
    throw UsageError(
        "there is no terminal to ask on, and nothing was changed: say --yes to go on without asking");
  std::cout << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  const auto word = posix::trim(answer);
  if (word == "y" || word == "Y" || word == "yes") return true;
  std::cout << "Nothing was changed.\n";
  return false;
}

void say_waiting(const std::string& holder) {
  std::cerr << fmt::format("kerneltour: waiting for {}\n", posix::printable(holder)) << std::flush;
}

fixes::Journal open_journal(const std::string& root) {
  ::umask(022);  // whatever root's is: everybody may read what was changed
  fixes::Journal journal(root + fixes::journal_directory, say_waiting, root);
  for (const auto& sentence : journal.settled())
    std::cerr << "kerneltour: " << posix::printable(sentence) << '\n';
  return journal;
}

void settle_unfinished() {
  if (!unfinished().empty()) open_journal();
}

void note_unfinished() {
  for (const auto& change : unfinished())
    std::cerr << fmt::format(
        "kerneltour: the change {} is not finished. Unless another kerneltour is at it, the next command "
        "that changes anything settles it\n",
        id_of(change));
}

}  // namespace kerneltour::commands
