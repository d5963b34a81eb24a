#include "fixes/ids_in_use.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "host/confinement.hpp"
#include "host/host.hpp"
#include "host/user_namespace.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

bool is_process(std::string_view name) { return posix::parse_number<std::uint32_t>(name).has_value(); }

/// "Uid: REAL EFFECTIVE SAVED FILESYSTEM", and so for the groups.
bool has_credentials_in(const std::string& status, const host::IdRange& range,
                        const std::set<std::uint64_t>& accounts) {
  for (const char* field : {"Uid", "Gid", "Groups"}) {
    const auto text = host::parse_status_field(status, field);
    for (const auto word : posix::words(text)) {
      const auto id = posix::parse_number<std::uint64_t>(word);
      if (id && *id >= range.start && *id <= range.last() && !accounts.contains(*id)) return true;
    }
  }
  return false;
}

/// A map of everything to itself takes no ID from anybody: systemd(1) gives services one (PrivateUsers=full).
/// Nor does one of the user alone, which everybody may write (user_namespaces(7)).
bool maps_any_of(const std::string& map, const host::IdRange& range,
                 const std::set<std::uint64_t>& accounts) {
  const auto mappings = host::parse_id_map(map);
  return std::any_of(mappings.begin(), mappings.end(), [&](const host::IdMapping& mapping) {
    const bool all =
        mapping.inside == mapping.outside && mapping.count == std::numeric_limits<std::uint32_t>::max();
    const bool account = mapping.count == 1 && accounts.contains(mapping.outside);
    return !all && !account && mapping.outside <= range.last() &&
           range.start < mapping.outside + mapping.count;
  });
}

}  // namespace

std::string process_with(const host::IdRange& range, const std::set<std::uint64_t>& accounts) {
  const auto host = host::Host::running();
  for (const auto& pid : host.list("/proc")) {
    if (!is_process(pid)) continue;
    const auto folder = "/proc/" + pid;
    const auto status = host.read(folder + "/status").text;
    if (!has_credentials_in(status, range, accounts) &&
        !maps_any_of(host.read(folder + "/uid_map").text, range, accounts) &&
        !maps_any_of(host.read(folder + "/gid_map").text, range, accounts))
      continue;
    return fmt::format("process {} ({})", pid, host::parse_status_field(status, "Name"));
  }
  return {};
}

}  // namespace kerneltour::fixes
