#include "commands/reference.hpp"

#include <fmt/format.h>

#include "chapters/catalogue.hpp"
#include "features/catalogue.hpp"

namespace kerneltour::commands {
namespace {

/// Text for man(7): a hyphen to type is \-, and a line may not begin with a control character.
std::string roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '-') {
      escaped += "\\-";
    } else if (c == '\\') {
      escaped += "\\e";
    } else if (escaped.empty() && (c == '.' || c == '\'')) {
      escaped += std::string("\\&") + c;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

/// "--root DIR" with the option bold and its value italic.
std::string roff_option(std::string_view option) {
  const auto space = option.find(' ');
  if (space == std::string_view::npos) return fmt::format("\\fB{}\\fR", roff(option));
  return fmt::format("\\fB{}\\fR \\fI{}\\fR", roff(option.substr(0, space)), roff(option.substr(space + 1)));
}

std::string man_commands(std::span<const Command> commands) {
  std::string text;
  for (const auto& command : commands) {
    const auto operand =
        command.operand.empty() ? std::string() : fmt::format(" [\\fI{}\\fR...]", command.operand);
    text += fmt::format(".SS \\fB{}\\fR [\\fIOPTION\\fR...]{}\n{}.\n", command.name, operand,
                        roff(command.summary));
    for (const auto& [option, description] : describe_options(command.options()))
      text += fmt::format(".TP\n{}\n{}\n", roff_option(option), roff(description));
  }
  return text;
}

std::string man_features(std::span<const Command>) {
  std::string text;
  for (const auto* feature : features::catalogue()) {
    const auto since =
        feature->since.empty() ? std::string() : fmt::format(" (since Linux {})", feature->since);
    text += fmt::format(".TP\n\\fB{}\\fR\n{}{}. {}\n", roff(feature->id), roff(feature->title), since,
                        roff(feature->about));
  }
  return text;
}

std::string man_chapters(std::span<const Command>) {
  std::string text;
  for (const auto& chapter : chapters::catalogue()) {
    std::string needs;
    for (const auto& need : chapter.needs) needs += needs.empty() ? "needs " + need : ", " + need;
    text += fmt::format(".TP\n\\fB{}\\fR\n{}{}{}.\n", roff(chapter.id), roff(chapter.title),
                        needs.empty() ? "" : "; ", roff(needs));
  }
  return text;
}

/// The first Linux with all that the chapter needs; "any" where it needs nothing of the kernel.
std::string since(const chapters::Chapter& chapter) {
  host::KernelVersion newest;
  std::string text = "any";
  for (const auto& need : chapter.needs) {
    const auto* feature = features::find(need);
    const auto version = host::parse_kernel_version(feature->since);
    if (!version || *version < newest) continue;
    newest = *version;
    text = feature->since;
  }
  return text;
}

std::string md_compatibility(std::span<const Command>) {
  std::string text = "| chapter | runs as | since Linux | needs |\n|---|---|---|---|\n";
  for (const auto& chapter : chapters::catalogue()) {
    std::string needs;
    for (const auto& need : chapter.needs) needs += (needs.empty() ? "" : ", ") + need;
    text += fmt::format("| {:02} {} | {} | {} | {} |\n", chapter.number, chapter.title,
                        chapter.privilege == chapters::Privilege::root ? "root" : "any user", since(chapter),
                        needs);
  }
  return text;
}

std::string man_exit_status(std::span<const Command>) {
  std::string text;
  for (const auto& [status, meaning] : exit_statuses)
    text += fmt::format(".TP\n{}\n{}\n", status, roff(meaning));
  return text;
}

/// The words that follow an option, by the name of its value, as a command for the shell.
std::string completion_of(std::string_view value) {
  if (value == "DIR") return "_filedir -d";
  if (value == "FILE") return "_filedir";
  if (value == "USER") return "COMPREPLY=($(compgen -u -- \"$cur\"))";
  if (value == "CHAPTER") {
    std::string ids;
    for (const auto& chapter : chapters::catalogue()) ids += (ids.empty() ? "" : " ") + chapter.id;
    return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", ids);
  }
  if (value == "FEATURE") {
    std::string ids;
    for (const auto* feature : features::catalogue())
      ids += (ids.empty() ? "" : " ") + std::string(feature->id);
    return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", ids);
  }
  if (value == "CHANGE")
    return "COMPREPLY=($(compgen -W \"$(kerneltour undo --list 2>/dev/null | grep -oE '^[0-9]+')\" -- "
           "\"$cur\"))";
  if (value.find('|') != std::string_view::npos) {
    std::string words(value);
    for (auto& c : words) c = c == '|' ? ' ' : c;
    return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", words);
  }
  return "COMPREPLY=()";
}

/// Completes the options and operands of a command.
std::string complete_command(const Command& command) {
  std::string words = "--help";
  std::string values;
  for (const auto& [option, description] : describe_options(command.options())) {
    const auto space = option.find(' ');
    words += " " + option.substr(0, space);
    if (space == std::string::npos) continue;
    values += fmt::format("        {}) {}; return ;;\n", option.substr(0, space),
                          completion_of(std::string_view(option).substr(space + 1)));
  }
  return fmt::format(
      "    '{0}')\n"
      "      case $prev in\n{1}"
      "      esac\n"
      "      if [[ $cur == -* ]]; then\n"
      "        COMPREPLY=($(compgen -W '{2}' -- \"$cur\"))\n"
      "      else\n"
      "        {3}\n"
      "      fi ;;\n",
      command.name, values, words, completion_of(command.operand));
}

/// The second words of the commands that begin with the same first one, by that one, in the table's order.
std::vector<std::pair<std::string, std::string>> second_words(std::span<const Command> commands) {
  std::vector<std::pair<std::string, std::string>> groups;
  for (const auto& command : commands) {
    const auto space = command.name.find(' ');
    if (space == std::string_view::npos) continue;
    const auto first = command.name.substr(0, space);
    if (groups.empty() || groups.back().first != first) groups.emplace_back(first, "");
    groups.back().second += fmt::format(" {}", command.name.substr(space + 1));
  }
  return groups;
}

std::string bash_completion(std::span<const Command> commands) {
  std::string names = "--help --version";
  std::string cases;
  std::string groups;
  for (const auto& command : commands) {
    if (command.name.find(' ') == std::string_view::npos) names += fmt::format(" {}", command.name);
    cases += complete_command(command);
  }
  for (const auto& [first, seconds] : second_words(commands)) {
    names += " " + first;
    groups += fmt::format(
        "    {0})\n"
        "      if ((cword == 2)); then COMPREPLY=($(compgen -W '--help{1}' -- \"$cur\")); return; fi\n"
        "      command+=\" ${{words[2]}}\" ;;\n",
        first, seconds);
  }
  return fmt::format(
      "# bash completion of kerneltour, made by `kerneltour --reference bash-completion`\n"
      "_kerneltour() {{\n"
      "  local cur prev words cword command\n"
      "  _init_completion || return\n"
      "  if ((cword == 1)); then COMPREPLY=($(compgen -W '{2}' -- \"$cur\")); return; fi\n"
      "  command=${{words[1]}}\n"
      "  case $command in\n{0}"
      "  esac\n"
      "  case $command in\n{1}"
      "  esac\n"
      "}} &&\n"
      "  complete -F _kerneltour kerneltour\n",
      groups, cases, names);
}

struct Part {
  std::string_view name;
  std::string (*make)(std::span<const Command>);
};
constexpr Part parts[] = {
    {"man-commands", man_commands},       {"man-features", man_features},
    {"man-chapters", man_chapters},       {"man-exit-status", man_exit_status},
    {"bash-completion", bash_completion}, {"md-compatibility", md_compatibility},
};

}  // namespace

std::vector<std::pair<std::string, std::string>> describe_options(const Options& options) {
  std::vector<std::pair<std::string, std::string>> described;
  for (const auto& option : options.options()) {
    std::string name = "--" + option->long_name();
    if (const auto value = option->format_parameter(); !value.empty()) name += " " + value;
    described.emplace_back(std::move(name), option->description());
  }
  return described;
}

std::string reference(std::span<const Command> commands, const std::string& part) {
  std::string names;
  for (const auto& [name, make] : parts) {
    if (name == part) return make(commands);
    names += fmt::format(" {}", name);
  }
  throw UsageError("--reference takes one of:" + names);
}

}  // namespace kerneltour::commands
