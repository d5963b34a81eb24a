#include "host/user_manager.hpp"

#include <fmt/format.h>

#include "host/accounts.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

constexpr std::string_view drop_ins = "/etc/systemd/system/user@";
/// The name sorts behind those of others: a later one that says "Delegate=" would undo it.
constexpr std::string_view drop_in = ".service.d/zz-kerneltour.conf";

}  // namespace

ManagerSockets manager_sockets(uid_t user) {
  if (user == 0) return {"/run/systemd/private", "/run/dbus/system_bus_socket"};
  const auto directory = fmt::format("/run/user/{}", user);
  return {directory + "/systemd/private", directory + "/bus"};
}

std::string manager_group(uid_t user) {
  return fmt::format("/user.slice/user-{0}.slice/user@{0}.service", user);
}

std::string delegation_drop_in(uid_t user) { return fmt::format("{}{}{}", drop_ins, user, drop_in); }

std::optional<uid_t> user_of_drop_in(std::string_view path) {
  if (!path.starts_with(drop_ins) || !path.ends_with(drop_in)) return std::nullopt;
  if (path.size() < drop_ins.size() + drop_in.size()) return std::nullopt;
  path.remove_prefix(drop_ins.size());
  path.remove_suffix(drop_in.size());
  return posix::parse_number<uid_t>(path);
}

// logind writes a name as a string of C (src/login/logind-dbus.c: cescape()).
std::optional<std::string> lingering_file(std::string_view user) {
  constexpr std::string_view escaped = "\\\"'/";
  if (!is_account_name(user) || user.starts_with('.') || user.find_first_of(escaped) != user.npos)
    return std::nullopt;
  for (const char c : user)
    if (static_cast<unsigned char>(c) >= 0x7f) return std::nullopt;
  return fmt::format("/var/lib/systemd/linger/{}", user);
}

}  // namespace kerneltour::host
