#include "fixes/user_manager.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <initializer_list>
#include <stdexcept>
#include <thread>

#include "host/user_manager.hpp"
#include "posix/program.hpp"

namespace kerneltour::fixes {
namespace {

using namespace std::chrono_literals;

// Below /bin and /sbin they are everywhere, merged with /usr or not.
constexpr const char* systemctl = "/bin/systemctl";
constexpr const char* loginctl = "/bin/loginctl";
constexpr const char* runuser = "/sbin/runuser";

/// A kind that nothing is in the way of taking back.
std::string no_obstacle(const Change&) { return {}; }

/// logind reads its files when it starts: later it is told. It starts the manager, and does not wait for it.
void announce_lingering(const Change& change) {
  for (const auto& edit : change.edits) {
    const auto name = edit.path.substr(edit.path.rfind('/') + 1);
    const bool lingers = access(edit.path.c_str(), F_OK) == 0;
    posix::have_run({loginctl, lingers ? "enable-linger" : "disable-linger", name});
    const passwd* user = lingers ? getpwnam(name.c_str()) : nullptr;
    if (user) posix::have_run({systemctl, "start", fmt::format("user@{}.service", user->pw_uid)});
  }
}

/// systemctl(1) asked by the user of the user's own manager.
std::vector<std::string> as_user(const passwd& user, std::initializer_list<std::string> words) {
  std::vector<std::string> all = {
      runuser,   "-u",    user.pw_name, "--", "env", fmt::format("XDG_RUNTIME_DIR=/run/user/{}", user.pw_uid),
      systemctl, "--user"};
  all.insert(all.end(), words);
  return all;
}

/// A manager that runs finds out which controllers it has when it executes itself again, which ends nothing.
/// Its socket is gone for a moment then.
void announce_to_manager(uid_t uid) {
  const passwd* user = getpwuid(uid);
  if (!user || access(host::manager_sockets(uid).manager.c_str(), F_OK) != 0) return;
  posix::have_run(as_user(*user, {"daemon-reexec"}));
  const auto end = std::chrono::steady_clock::now() + 5s;
  while (posix::run_program(as_user(*user, {"show", "--property=Version"})).status != 0 &&
         std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(20ms);
}

void announce_delegation(const Change& change) {
  posix::have_run({systemctl, "daemon-reload"});
  for (const auto& edit : change.edits)
    if (const auto user = host::user_of_drop_in(edit.path)) announce_to_manager(*user);
}

}  // namespace

Change keep_user_manager(const std::string& user) {
  const auto file = host::lingering_file(user);
  if (!file)
    throw std::runtime_error(fmt::format(
        "the name of user {} is not one that kerneltour knows logind's file of; nothing was changed. Type: "
        "loginctl enable-linger",
        user));
  Change change;
  change.kind = user_manager.name;
  change.summary = fmt::format("systemd runs a manager for user {} without a login, too", user);
  change.edits.push_back(write_file(*file, ""));
  return change;
}

Change delegate_controllers(const std::string& user, uid_t uid) {
  Change change;
  change.kind = cgroup_delegation.name;
  change.summary = fmt::format("the manager of user {} has the controllers cpu, cpuset, io and memory", user);
  std::string text;
  for (const auto line : host::delegation_lines) text += std::string(line) + "\n";
  change.edits.push_back(write_file(host::delegation_drop_in(uid), text));
  return change;
}

const Kind user_manager = {
    "user-manager",     nullptr,
    no_obstacle,        "Where the user is not logged in, what runs in that manager ends.",
    announce_lingering,
};

const Kind cgroup_delegation = {
    "cgroup-delegation",
    nullptr,
    no_obstacle,
    "A control group that uses one of these controllers loses it, and what was set there.",
    announce_delegation,
};

}  // namespace kerneltour::fixes
