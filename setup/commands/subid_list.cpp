#include "commands/subid_list.hpp"

#include <pwd.h>
#include <unistd.h>

#include <iostream>

#include "commands/changing.hpp"
#include "commands/format.hpp"
#include "commands/operands.hpp"
#include "commands/subid_table.hpp"
#include "commands/subjects.hpp"
#include "host/facts.hpp"
#include "host/getsubids.hpp"
#include "host/range_table.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

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
void check_owner(const std::optional<std::string>& only, const host::RangeTable& table) {
  if (only && table.owners().empty()) named_subject(*only);
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
  const host::RangeTable table(facts, only, facts.account_directory ? find_user : find_nobody);
  check_owner(only, table);
  note_unfinished();
  if (json) {
    print_json(std::cout, facts, table);
  } else {
    print_text(std::cout, facts, table, posix::Terminal::of(STDOUT_FILENO));
  }
  return 0;
}

}  // namespace kerneltour::commands
