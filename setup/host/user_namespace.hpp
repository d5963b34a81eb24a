#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kerneltour::host {

class Host;

/// One line of /proc/PID/uid_map: `count` IDs from `inside` are those from `outside` in the namespace of who
/// reads it (user_namespaces(7)).
struct IdMapping {
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
};

std::vector<IdMapping> parse_id_map(std::string_view text);

/// The user namespace of this process.
struct UserNamespace {
  bool initial = true;  ///< where that could not be told, too
  /// nullopt where it could not be read.
  std::optional<std::vector<IdMapping>> users;
  std::optional<std::vector<IdMapping>> groups;
  uid_t caller = 0;  ///< who this process is inside

  /// Whether the user ID means anything inside: files of others seem to be owned by "nobody".
  bool has_user(std::uint64_t id) const;
  bool has_group(std::uint64_t id) const;
};

/// Initial is the one whose number /proc/self/ns/user has; where there is no such link, the one that maps
/// every ID to itself.
UserNamespace read_user_namespace(const Host& host);

}  // namespace kerneltour::host
