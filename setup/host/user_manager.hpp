#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

// Where systemd's manager of a user is found: user@.service(5). Root's is the system's own. Names only:
// nothing is asked here.
namespace kerneltour::host {

/// Where a manager answers: on a socket of its own, and on the message bus beside it, on which it is asked
/// for scopes (org.freedesktop.systemd1(5)).
struct ManagerSockets {
  std::string manager;  ///< "/run/user/1000/systemd/private"
  std::string bus;      ///< "/run/user/1000/bus"
};
ManagerSockets manager_sockets(uid_t user);

/// The group that systemd delegates to the user's manager, as a path in the hierarchy:
/// "/user.slice/user-1000.slice/user@1000.service".
std::string manager_group(uid_t user);

/// Our drop-in about that group's controllers, and what it says.
std::string delegation_drop_in(uid_t user);
inline constexpr std::string_view delegation_lines[] = {"[Service]", "Delegate=cpu cpuset io memory"};
/// Whose drop-in it is; nullopt where it is none of ours.
std::optional<uid_t> user_of_drop_in(std::string_view path);

/// The file that has the manager run without a login (loginctl(1), enable-linger). nullopt where logind would
/// write the name otherwise than it is.
std::optional<std::string> lingering_file(std::string_view user);

}  // namespace kerneltour::host
