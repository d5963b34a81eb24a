#include "commands/subjects.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "commands/command.hpp"
#include "posix/shell.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

/// The range of ordinary users (Debian policy 9.2.2).
constexpr uid_t first_ordinary = 1000;
constexpr uid_t last_ordinary = 59999;
/// "nobody" where the host does not name one (Documentation/admin-guide/sysctl/fs.rst: overflowuid).
constexpr uid_t overflow_id = 65534;
constexpr std::string_view accounts = "/etc/passwd";

Subjects same(features::Subject subject, gid_t gid) { return {subject, gid, std::move(subject)}; }

Subjects of_named(const std::string& name) {
  const passwd* entry = ::getpwnam(name.c_str());
  if (!entry) throw UsageError(fmt::format("--as: there is no user '{}' here", name));
  if (::geteuid() != 0 && entry->pw_uid != ::getuid())
    throw UsageError(
        fmt::format("--as: only root can ask the kernel as another user; type: sudo kerneltour "
                    "check --as {}",
                    posix::shell_quoted(name)));
  return same({entry->pw_name, entry->pw_uid}, entry->pw_gid);
}

/// The user behind sudo(8), where its word can be believed: a user who exists and is not root.
std::optional<Subjects> of_sudo_caller() {
  const char* name = std::getenv("SUDO_USER");
  const passwd* entry = name ? ::getpwnam(name) : nullptr;
  if (!entry || entry->pw_uid == 0) return std::nullopt;
  return same({entry->pw_name, entry->pw_uid}, entry->pw_gid);
}

Subjects of_nobody() {
  const passwd* entry = ::getpwnam("nobody");
  Subjects subjects;
  subjects.ordinary = {"nobody", entry ? entry->pw_uid : overflow_id};
  subjects.ordinary_gid = entry ? entry->pw_gid : overflow_id;
  subjects.owner = {"root", 0};
  return subjects;
}

/// Why the users of a host are not known; empty where they are.
std::string unreadable_accounts(const host::Facts& facts) {
  for (const auto& [about, path, reason] : facts.unreadable) {
    if (path == accounts) return reason;
  }
  return {};
}

}  // namespace

Subjects subjects_here(const std::optional<std::string>& as) {
  if (as) return of_named(*as);
  if (::geteuid() != 0) return features::caller();
  if (auto subjects = of_sudo_caller()) return *subjects;
  const auto subjects = of_nobody();
  const auto here = host::read_user_namespace(host::Host::running());
  if (here.has_user(subjects.ordinary.uid) && here.has_group(subjects.ordinary_gid)) return subjects;
  return features::caller();
}

Subjects subjects_of(const host::Facts& facts, const std::optional<std::string>& as) {
  for (const auto& [name, uid, gid] : facts.users) {
    if (as ? name == *as : is_ordinary(uid)) return same({name, uid}, gid);
  }
  if (as && !unreadable_accounts(facts).empty())
    throw UsageError(
        fmt::format("--as: {} of that host cannot be read: {}", accounts, unreadable_accounts(facts)));
  if (as) throw UsageError(fmt::format("--as: that host has no user '{}'", *as));
  return same({"root", 0}, 0);
}

features::Subject named_subject(const std::string& name) {
  const passwd* entry = ::getpwnam(name.c_str());
  if (!entry) throw UsageError(fmt::format("there is no user '{}' on this host", posix::printable(name)));
  return {entry->pw_name, entry->pw_uid};
}

bool is_ordinary(uid_t uid) { return uid >= first_ordinary && uid <= last_ordinary; }

void refuse_unread_ids(const host::Facts& facts) {
  for (const auto& [about, path, reason] : facts.unreadable) {
    if (about == host::About::ids)
      throw std::runtime_error(fmt::format("cannot read {}: {}; nothing was changed", path, reason));
  }
}

}  // namespace kerneltour::commands
