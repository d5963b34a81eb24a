#include "fixes/grant_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "posix/shell.hpp"

namespace kerneltour::fixes {
namespace {

using Commands = std::vector<std::string>;

/// Takes a line away as it stands, whatever characters are in its owner's name.
std::string remove_line(const std::string& line, const std::string& path) {
  std::string pattern;
  for (const char c : line) {
    constexpr std::string_view special = "\\/.*[]^$";
    if (special.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return fmt::format("sed -i {} {}", posix::shell_quoted("/^" + pattern + "$/d"), path);
}

bool is_in_passwd(const host::Facts& facts, const std::string& user) {
  return std::any_of(facts.users.begin(), facts.users.end(),
                     [&](const host::User& known) { return known.name == user; });
}

/// The words for usermod about one side; what it cannot do is added to `before`, as commands of their own.
std::string words_for(const SidePlan& side, bool exists, const std::string& user, std::string_view option,
                      Commands& before) {
  std::string words;
  if (!exists) before.push_back("touch " + side.path);
  for (const auto& range : side.replaced) {
    if (range.owner == user) {
      words += fmt::format(" --del-{} {}-{}", option, range.start, range.end() - 1);
    } else {
      before.push_back(remove_line(written(range), side.path));
    }
  }
  if (!side.kept) words += fmt::format(" --add-{} {}-{}", option, side.range.start, side.range.last());
  return words;
}

Commands by_usermod(const GrantPlan& plan, const Grant& grant, const host::Facts& facts) {
  Commands commands;
  auto words = words_for(plan.users, facts.subuid.file.exists, grant.user, "subuids", commands);
  words += words_for(plan.groups, facts.subgid.file.exists, grant.user, "subgids", commands);
  if (!words.empty()) commands.push_back(fmt::format("usermod{} {}", words, posix::shell_quoted(grant.user)));
  return commands;
}

Commands by_lines(const GrantPlan& plan, const Grant& grant) {
  Commands commands;
  for (const auto* side : {&plan.users, &plan.groups}) {
    for (const auto& range : side->replaced) commands.push_back(remove_line(written(range), side->path));
    if (side->kept) continue;
    const auto line = fmt::format("{}:{}:{}", grant.user, side->range.start, side->range.count);
    commands.push_back(fmt::format("printf '%s\\n' {} >> {}", posix::shell_quoted(line), side->path));
  }
  return commands;
}

}  // namespace

Commands commands_of(const GrantPlan& plan, const Grant& grant, const host::Facts& facts) {
  return is_in_passwd(facts, grant.user) ? by_usermod(plan, grant, facts) : by_lines(plan, grant);
}

}  // namespace kerneltour::fixes
