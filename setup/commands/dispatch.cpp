#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <iostream>
#include <vector>

#include "commands/command.hpp"
#include "commands/reference.hpp"
#include "posix/error.hpp"
#include "posix/option_error.hpp"
#include "posix/terminal.hpp"
#include "posix/text.hpp"

namespace kerneltour::commands {
namespace {

namespace po = boost::program_options;

std::string usage(std::span<const Command> commands) {
  std::string text =
      "Usage: kerneltour COMMAND [OPTION...]\n\n"
      "Gets a Debian or Ubuntu host ready for pressure stall information, user namespaces and "
      "SO_REUSEPORT.\n\n";
  for (const auto& command : commands) text += fmt::format("  {:14}{}\n", command.name, command.summary);
  return text +
         "\n  kerneltour                  where you stand, and what to type next\n"
         "  kerneltour COMMAND --help   its options\n"
         "  kerneltour --version        the program's version\n"
         "  man kerneltour              all of it, with exit statuses and files\n";
}

std::string usage(const Command& command) {
  std::string text = fmt::format("Usage: kerneltour {} [OPTION...]", command.name);
  if (!command.operand.empty()) text += fmt::format(" [{}...]", command.operand);
  text += fmt::format("\n\n{}.\n\n", command.summary);
  for (const auto& [option, description] : describe_options(command.options())) {
    text += fmt::format("  {}\n", option);
    for (const auto& line : posix::wrap(description, 72)) text += fmt::format("      {}\n", line);
  }
  return text;
}

/// An option is never abbreviated: a script that abbreviates breaks when an option is added.
constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;

Arguments parse(const Command& command, const std::vector<std::string>& words) {
  Options options = command.options();
  options.add_options()("help,h", "");
  po::positional_options_description operands;
  if (!command.operand.empty()) {
    const std::string name(command.operand);
    options.add_options()(name.c_str(), po::value<std::vector<std::string>>());
    operands.add(name.c_str(), -1);
  }
  Arguments arguments;
  try {
    po::store(po::command_line_parser(words).options(options).positional(operands).style(style).run(),
              arguments);
  } catch (const po::too_many_positional_options_error&) {
    throw UsageError(
        fmt::format("{} takes no operands; see kerneltour {} --help", command.name, command.name));
  } catch (po::error& error) {
    throw UsageError(fmt::format("{}; see kerneltour {} --help", posix::message_of(error), command.name));
  }
  return arguments;
}

/// Whether the words begin with the command's name, which may be of two words.
bool begins_with(const std::vector<std::string>& words, const Command& command) {
  const auto name = posix::words(command.name);
  return words.size() >= name.size() && std::equal(name.begin(), name.end(), words.begin());
}

/// The commands whose first word this is, and which have a second one.
std::vector<Command> group_of(std::span<const Command> commands, std::string_view first) {
  std::vector<Command> group;
  for (const auto& command : commands) {
    const auto name = posix::words(command.name);
    if (name.size() == 2 && name[0] == first) group.push_back(command);
  }
  return group;
}

[[noreturn]] void refuse(std::span<const Command> commands, const std::vector<std::string>& words) {
  std::string known;
  for (const auto& command : group_of(commands, words[0]))
    known += fmt::format("{}{}", known.empty() ? "" : ", ", posix::words(command.name)[1]);
  if (!known.empty() && words.size() > 1)
    throw UsageError(fmt::format("{} knows no '{}'; it takes one of: {}", words[0], words[1], known));
  if (!known.empty()) throw UsageError(fmt::format("{} takes one of: {}", words[0], known));
  const auto* kind = words[0].substr(0, 1) == "-" ? "option" : "command";
  throw UsageError(fmt::format("there is no {} '{}'; see kerneltour --help", kind, words[0]));
}

const Command& find(std::span<const Command> commands, const std::vector<std::string>& words) {
  for (const auto& command : commands) {
    if (begins_with(words, command)) return command;
  }
  refuse(commands, words);
}

bool is_help(const std::string& word) { return word == "--help" || word == "-h" || word == "help"; }

int run(std::span<const Command> commands, const std::vector<std::string>& words, int (*unnamed)()) {
  if (words.empty() && unnamed) return unnamed();
  if (words.empty() || is_help(words[0])) {
    std::cout << usage(commands);
    return 0;
  }
  if (const auto group = group_of(commands, words[0]);
      !group.empty() && words.size() == 2 && is_help(words[1])) {
    std::cout << usage(group);
    return 0;
  }
  if (words[0] == "--version") {
    if (words.size() > 1)
      throw UsageError(fmt::format("--version takes nothing behind it, not '{}'", words[1]));
    std::cout << "kerneltour " KERNELTOUR_VERSION "\n";
    return 0;
  }
  if (words[0] == "--reference") {
    std::cout << reference(commands, words.size() == 2 ? words[1] : std::string());
    return 0;
  }
  const auto& command = find(commands, words);
  const auto length = static_cast<std::ptrdiff_t>(posix::words(command.name).size());
  const auto arguments = parse(command, {words.begin() + length, words.end()});
  if (arguments.count("help") != 0) {
    std::cout << usage(command);
    return 0;
  }
  return command.run(arguments);
}

/// One line on standard error, which what others wrote cannot drive the terminal with.
void complain(const std::exception& error) {
  std::cerr << "kerneltour: " << posix::printable(error.what()) << '\n';
}

/// What was printed has to have arrived: a full disk is an error of ours.
int flushed(int status) {
  std::cout.flush();
  if (std::cout) return status;
  std::cerr << "kerneltour: cannot write to standard output: " << posix::error_text(errno) << '\n';
  return 1;
}

}  // namespace

int dispatch(std::span<const Command> commands, int argc, char** argv, int (*unnamed)()) {
  std::ios::sync_with_stdio(false);
  std::setlocale(LC_CTYPE, "");
  try {
    return flushed(run(commands, {argv + 1, argv + argc}, unnamed));
  } catch (const UsageError& error) {
    complain(error);
    return 2;
  } catch (const Refusal& refusal) {
    complain(refusal);
    return refusal.status();
  } catch (const std::exception& error) {
    complain(error);
    return 1;
  }
}

}  // namespace kerneltour::commands
