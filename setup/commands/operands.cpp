#include "commands/operands.hpp"

#include <fmt/format.h>

#include "posix/terminal.hpp"

namespace kerneltour::commands {

std::optional<std::string> operand(const Arguments& arguments, const char* name) {
  if (arguments.count(name) == 0) return std::nullopt;
  const auto& words = arguments[name].as<std::vector<std::string>>();
  if (words.size() > 1)
    throw UsageError(fmt::format("one {} at a time: '{}' is one too many", name, posix::printable(words[1])));
  return words.at(0);
}

}  // namespace kerneltour::commands
