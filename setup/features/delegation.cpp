#include "features/delegation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "features/remedies.hpp"
#include "host/user_manager.hpp"
#include "posix/shell.hpp"

namespace kerneltour::features {
namespace {

/// What the chapters set. systemd delegates cpu since version 244, and io to no user's manager by itself.
constexpr std::string_view wanted[] = {"cpu", "memory", "io"};

bool has(const std::vector<std::string>& controllers, std::string_view name) {
  return std::find(controllers.begin(), controllers.end(), name) != controllers.end();
}

Fix lingering(const Subject& user) {
  return {"user-manager:" + user.name,
          fmt::format("have systemd run a manager for {}, without a login, too", called(user)),
          {"loginctl enable-linger " + posix::shell_quoted(user.name),
           fmt::format("systemctl start user@{}.service", user.uid)},
          true,
          false};
}

Fix user_bus() {
  return {"package:dbus-user-session",
          "install the package dbus-user-session, for a message bus of each user",
          {"apt-get install dbus-user-session"},
          true,
          false};
}

/// The manager ran before the package of the bus was installed, or somebody has stopped the bus.
Fix start_bus() {
  return {"user-bus",
          "start the message bus of the manager, as that user",
          {"systemctl --user start dbus.socket"},
          false,
          false};
}

}  // namespace

std::string in_words(const std::vector<std::string>& controllers) {
  if (controllers.empty()) return "no controllers";
  std::string text = controllers.front();
  for (std::size_t i = 1; i < controllers.size(); ++i)
    text += (i + 1 == controllers.size() ? " and " : ", ") + controllers[i];
  return text;
}

std::vector<std::string> not_delegated(const host::Cgroups& cgroups, const host::DelegatedGroup& group) {
  std::vector<std::string> missing;
  for (const auto name : wanted) {
    if (cgroups.v2_has(name) && !has(group.controllers, name)) missing.emplace_back(name);
  }
  return missing;
}

// The manager finds out which controllers it has when it starts, and when it executes itself again
// (src/core/cgroup.c: manager_setup_cgroup()).
Fix delegation(const Subject& user) {
  const auto file = host::delegation_drop_in(user.uid);
  std::string lines;
  for (const auto line : host::delegation_lines) lines += " " + posix::shell_quoted(std::string(line));
  return {"cgroup-delegation:" + user.name,
          fmt::format("delegate cpu, cpuset, io and memory to the manager of {}", called(user)),
          {"mkdir -p " + file.substr(0, file.rfind('/')), fmt::format("printf '%s\\n'{} > {}", lines, file),
           "systemctl daemon-reload",
           fmt::format("runuser -u {} -- env XDG_RUNTIME_DIR=/run/user/{} systemctl --user daemon-reexec",
                       posix::shell_quoted(user.name), user.uid)},
          true,
          false};
}

Verdict needs_user_manager(const host::Facts& facts, const Subject& user, EvidenceList evidence) {
  const bool runs = facts.cgroups.delegated_to(user.uid) != nullptr;
  std::vector<Fix> fixes;
  if (!facts.user_bus && has_debian_packages(facts)) fixes.push_back(user_bus());
  if (!runs) fixes.push_back(lingering(user));
  if (runs && facts.user_bus) fixes.push_back(start_bus());
  auto reason =
      runs ? fmt::format("the manager that systemd runs for {} has no message bus to ask it on", called(user))
           : fmt::format("systemd runs no manager for {}, who is not logged in", called(user));
  if (!facts.user_bus)
    evidence.push_back({"/usr/lib/systemd/user/dbus.socket", "not there: no message bus for users"});
  if (fixes.empty())
    return impossible(Layer::package,
                      fmt::format("{}, and kerneltour knows no package with one here", reason),
                      std::move(evidence));
  return fixable(facts.user_bus ? Layer::privilege : Layer::package, std::move(reason), std::move(evidence),
                 std::move(fixes));
}

}  // namespace kerneltour::features
