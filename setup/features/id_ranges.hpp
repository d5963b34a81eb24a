#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/facts.hpp"

namespace kerneltour::features {

/// IDs from `start`, `count` of them.
struct IdRange {
  std::uint64_t start = 0;
  std::uint64_t count = 0;
  std::uint64_t last() const { return start + count - 1; }
};

/// A subordinate range has to hold as many IDs as a system has below "nobody" (65534) and itself.
inline constexpr std::uint64_t enough_ids = 65536;

/// Whether the range is the user's: by name, or by number as text (subuid(5)).
bool belongs_to(const host::SubordinateRange& range, std::string_view name, uid_t uid);

/// The user's ranges, in the file's order.
std::vector<host::SubordinateRange> ranges_of(const host::SubordinateSide& side, std::string_view name,
                                              uid_t uid);

/// What is wrong with one of the user's ranges, in words: "overlaps 165535:65536, which bob has in line 2".
/// Empty where nothing is. `ids` are the IDs that accounts have on this side.
std::string problem_of(const host::SubordinateRange& range, std::string_view name, uid_t uid,
                       const host::SubordinateSide& side,
                       const std::vector<std::pair<std::uint64_t, std::string>>& ids);

/// The accounts' IDs, with their names, sorted: those of users, or of groups.
std::vector<std::pair<std::uint64_t, std::string>> real_uids(const host::Facts& facts);
std::vector<std::pair<std::uint64_t, std::string>> real_gids(const host::Facts& facts);

/// The first range, by login.defs(5), that nobody owns on either side and no account has an ID in: the same
/// for users and groups. nullopt where there is none left.
std::optional<IdRange> free_range(const host::Facts& facts);

}  // namespace kerneltour::features
