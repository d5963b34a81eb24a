#include "features/id_ranges.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kerneltour::features {
namespace {

using NamedIds = std::vector<std::pair<std::uint64_t, std::string>>;

/// The first of the sorted `ids` inside the range.
NamedIds::const_iterator first_inside(const NamedIds& ids, const host::SubordinateRange& range) {
  const auto found = std::lower_bound(ids.begin(), ids.end(), range.start,
                                      [](const auto& id, std::uint64_t start) { return id.first < start; });
  return found != ids.end() && found->first < range.end() ? found : ids.end();
}

/// What is taken on both sides, sorted by start: everybody's ranges and every account's ID.
std::vector<IdRange> taken_ranges(const host::Facts& facts) {
  std::vector<IdRange> taken;
  for (const auto* side : {&facts.subuid, &facts.subgid}) {
    for (const auto& range : side->file.ranges) taken.push_back({range.start, range.count});
  }
  for (const auto& ids : {real_uids(facts), real_gids(facts)}) {
    for (const auto& [id, name] : ids) taken.push_back({id, 1});
  }
  std::sort(taken.begin(), taken.end(), [](const IdRange& a, const IdRange& b) { return a.start < b.start; });
  return taken;
}

}  // namespace

bool belongs_to(const host::SubordinateRange& range, std::string_view name, uid_t uid) {
  return range.owner == name || range.owner == std::to_string(uid);
}

std::vector<host::SubordinateRange> ranges_of(const host::SubordinateSide& side, std::string_view name,
                                              uid_t uid) {
  std::vector<host::SubordinateRange> own;
  for (const auto& range : side.file.ranges) {
    if (belongs_to(range, name, uid)) own.push_back(range);
  }
  return own;
}

std::string problem_of(const host::SubordinateRange& range, std::string_view name, uid_t uid,
                       const host::SubordinateSide& side, const NamedIds& ids) {
  for (const auto& other : side.file.ranges) {
    if (range.overlaps(other) && !belongs_to(other, name, uid))
      return fmt::format("overlaps {}:{}, which {} has in line {}", other.start, other.count, other.owner,
                         other.line);
  }
  if (const auto inside = first_inside(ids, range); inside != ids.end())
    return fmt::format("includes {}, which is the real ID of {}", inside->first, inside->second);
  return {};
}

NamedIds real_uids(const host::Facts& facts) {
  NamedIds ids;
  for (const auto& user : facts.users) ids.emplace_back(user.uid, user.name);
  std::sort(ids.begin(), ids.end());
  return ids;
}

NamedIds real_gids(const host::Facts& facts) {
  NamedIds ids;
  for (const auto& group : facts.groups) ids.emplace_back(group.gid, group.name);
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::optional<IdRange> free_range(const host::Facts& facts) {
  const auto& uids = facts.subuid.defaults;
  const auto& gids = facts.subgid.defaults;
  const auto count = std::max({uids.count, gids.count, enough_ids});
  const auto limit = std::min(uids.max, gids.max);
  auto start = std::max(uids.min, gids.min);
  for (const auto& taken : taken_ranges(facts)) {
    if (taken.start >= start + count) break;
    start = std::max(start, taken.start + taken.count);
  }
  if (start + count - 1 > limit) return std::nullopt;
  return IdRange{start, count};
}

}  // namespace kerneltour::features
