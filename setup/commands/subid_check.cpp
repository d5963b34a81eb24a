#include "commands/subid_check.hpp"

#include <fmt/format.h>

#include <iostream>

#include "commands/operands.hpp"
#include "commands/report.hpp"
#include "commands/subjects.hpp"
#include "features/all.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {

Options subid_check_options() { return Options(); }

int subid_check(const Arguments& arguments) {
  auto subjects = subjects_here(std::nullopt);
  if (const auto user = operand(arguments, "USER")) subjects.owner = named_subject(*user);
  const auto judged = features::judge_running({&features::subordinate_ids}, subjects).features;
  const auto& verdict = judged.at(0).verdict;
  std::string line = fmt::format("{}: {}", name_of(verdict.status), verdict.reason);
  for (const auto& fix : verdict.fixes) {
    for (const auto& command : fix.commands) line += fmt::format("; as root: {}", command);
  }
  std::cout << posix::printable(line) << '\n';
  return exit_status(judged);
}

}  // namespace kerneltour::commands
