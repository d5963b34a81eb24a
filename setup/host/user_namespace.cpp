#include "host/user_namespace.hpp"

#include <algorithm>
#include <limits>

#include "host/confinement.hpp"
#include "host/host.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

using IdMap = std::optional<std::vector<IdMapping>>;

IdMap read_map(const Host& host, const char* path) {
  const auto file = host.read(path);
  if (!file.ok()) return std::nullopt;
  return parse_id_map(file.text);
}

bool maps(const IdMap& map, std::uint64_t id) {
  if (!map) return true;
  return std::any_of(map->begin(), map->end(), [&](const IdMapping& mapping) {
    return id >= mapping.inside && id - mapping.inside < mapping.count;
  });
}

bool is_identity(const IdMap& map) {
  if (!map) return true;
  return map->size() == 1 && map->front().inside == 0 && map->front().outside == 0 &&
         map->front().count == std::numeric_limits<std::uint32_t>::max();
}

/// The effective one: "Uid: REAL EFFECTIVE SAVED FILESYSTEM".
uid_t read_caller(const Host& host) {
  const auto text = parse_status_field(host.read("/proc/self/status").text, "Uid");
  const auto ids = posix::words(text);
  return ids.size() > 1 ? posix::parse_number<uid_t>(ids[1]).value_or(0) : 0;
}

}  // namespace

std::vector<IdMapping> parse_id_map(std::string_view text) {
  std::vector<IdMapping> map;
  while (!text.empty()) {
    const auto line = posix::words(posix::take_line(text));
    if (line.size() != 3) continue;
    const auto inside = posix::parse_number<std::uint32_t>(line[0]);
    const auto outside = posix::parse_number<std::uint32_t>(line[1]);
    const auto count = posix::parse_number<std::uint32_t>(line[2]);
    if (inside && outside && count) map.push_back({*inside, *outside, *count});
  }
  return map;
}

bool UserNamespace::has_user(std::uint64_t id) const { return maps(users, id); }

bool UserNamespace::has_group(std::uint64_t id) const { return maps(groups, id); }

UserNamespace read_user_namespace(const Host& host) {
  UserNamespace found;
  found.users = read_map(host, "/proc/self/uid_map");
  found.groups = read_map(host, "/proc/self/gid_map");
  found.caller = read_caller(host);
  const auto link = host.read_link("/proc/self/ns/user");
  found.initial = link ? *link == initial_user_namespace : is_identity(found.users);
  return found;
}

}  // namespace kerneltour::host
