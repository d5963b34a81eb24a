#include "commands/subid_list.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "commands/changing.hpp"
#include "commands/format.hpp"
#include "commands/operands.hpp"
#include "commands/subjects.hpp"
#include "host/facts.hpp"
#include "host/getsubids.hpp"
#include "host/range_table.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

using host::OwnerRanges;
using posix::Colour;
using posix::Terminal;

/// Users whom /etc/passwd does not have: a directory's.
std::optional<host::User> find_user(const std::string& name) {
  const passwd* entry = ::getpwnam(name.c_str());
  if (!entry) return std::nullopt;
  return host::User{entry->pw_name, entry->pw_uid, entry->pw_gid};
}

/// getpwnam(3) reads /etc/passwd each time, which was read already, where there is nothing else to ask.
std::optional<host::User> find_nobody(const std::string&) { return std::nullopt; }

/// Where the host takes the ranges from a service, which lists nobody: those of the users who may have some.
void ask_service(host::Facts& facts, const std::optional<std::string>& only) {
  std::vector<std::string> users;
  for (const auto& user : facts.users) {
    if (!only && (user.uid == 0 || is_ordinary(user.uid))) users.push_back(user.name);
  }
  if (only) users.push_back(*only);
  facts.subuid.file = host::ask_getsubids(users, "UID");
  facts.subgid.file = host::ask_getsubids(users, "GID");
}

/// A user who has a name here, and no ranges perhaps; or an owner who is gone.
void check_owner(const std::optional<std::string>& only, const std::vector<OwnerRanges>& table) {
  if (only && table.empty()) named_subject(*only);
}

std::string written(const std::optional<host::SubordinateRange>& range) {
  if (!range) return "-";
  return std::string(fmt::format_int(range->start).c_str()) + "-" + fmt::format_int(range->end() - 1).c_str();
}

std::string written(const OwnerRanges& owner) {
  return owner.uid && std::to_string(*owner.uid) != owner.name
             ? fmt::format("{} ({})", owner.name, *owner.uid)
             : owner.name;
}

std::string heading(const host::Facts& facts) {
  if (facts.subordinate_services.empty()) return {};
  return fmt::format("From the service \"{}\", of the users in /etc/passwd.\n\n",
                     posix::printable(facts.subordinate_services[0]));
}

std::string as_text(const host::Facts& facts, const std::vector<OwnerRanges>& table,
                    const Terminal& terminal) {
  constexpr std::size_t range_width = 21;  // two numbers of 10 digits
  std::size_t width = 5;
  for (const auto& owner : table) width = std::max(width, posix::columns(written(owner)));
  std::string text = heading(facts);
  const auto mark = terminal.paint(Colour::yellow, "!");
  const auto problem = [&](std::string_view words) {
    text.append("  ").append(mark).append(" ").append(posix::printable(words)).append("\n");
  };
  // A file may have 100,000 lines: fmt::format() with a width takes several times as long.
  const auto cell = [&](std::string_view words, std::size_t columns) {
    text.append(words).append(columns + 2 - std::min(columns, posix::columns(words)), ' ');
  };
  if (!table.empty())
    text += terminal.paint(Colour::bold, fmt::format("{:{}}  {:{}}  {:{}}  {}", "OWNER", width, "USER IDS",
                                                     range_width, "GROUP IDS", range_width, "SIZE")) +
            "\n";
  for (const auto& owner : table) {
    const auto name = written(owner);
    for (const auto& row : owner.rows) {
      cell(name, width);
      cell(written(row.users), range_width);
      cell(written(row.groups), range_width);
      text.append(fmt::format_int(row.either().count).c_str()).append("\n");
      for (const auto& words : row.problems) problem(words);
    }
    for (const auto& words : owner.problems) problem(words);
  }
  for (const auto* side : {&facts.subuid, &facts.subgid}) {
    for (const auto& [line, words] : side->file.malformed)
      problem(fmt::format("{} line {} is malformed, and counts for nothing: {}", side->path, line, words));
  }
  if (!table.empty()) return text;
  text += "No one has subordinate IDs.";
  if (facts.subordinate_services.empty()) text += " To give a user some: sudo kerneltour subid grant USER";
  return text + "\n";
}

nlohmann::ordered_json as_json(const std::optional<host::SubordinateRange>& range) {
  if (!range) return nullptr;
  return {{"owner", range->owner}, {"start", range->start}, {"count", range->count}, {"line", range->line}};
}

std::string as_json(const host::Facts& facts, const std::vector<OwnerRanges>& table) {
  using Json = nlohmann::ordered_json;
  Json json = {{"schema", 1},
               {"source", facts.subordinate_services.empty() ? "files" : facts.subordinate_services[0]},
               {"owners", Json::array()},
               {"malformed", Json::array()}};
  for (const auto& owner : table) {
    Json rows = Json::array();
    for (const auto& row : owner.rows)
      rows.push_back(
          {{"uids", as_json(row.users)}, {"gids", as_json(row.groups)}, {"problems", row.problems}});
    json["owners"].push_back({{"name", owner.name},
                              {"uid", owner.uid ? Json(*owner.uid) : Json(nullptr)},
                              {"ranges", std::move(rows)},
                              {"problems", owner.problems}});
  }
  for (const auto* side : {&facts.subuid, &facts.subgid}) {
    for (const auto& [line, words] : side->file.malformed)
      json["malformed"].push_back({{"file", side->path}, {"line", line}, {"text", words}});
  }
  return json.dump(2) + "\n";
}

}  // namespace

Options subid_list_options() {
  Options options;
  add_format(options);
  return options;
}

int subid_list(const Arguments& arguments) {
  const bool json = wants_json(arguments);
  const auto only = operand(arguments, "USER");
  auto facts = host::read_facts(host::Host::running(), {});
  refuse_unread_ids(facts);
  if (!facts.subordinate_services.empty()) ask_service(facts, only);
  const auto table = host::range_table(facts, only, facts.account_directory ? find_user : find_nobody);
  check_owner(only, table);
  note_unfinished();
  std::cout << (json ? as_json(facts, table) : as_text(facts, table, Terminal::of(STDOUT_FILENO)));
  return 0;
}

}  // namespace kerneltour::commands
