#include "host/id_ranges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace kerneltour::host {
namespace {

/// The kernel maps none past it (kernel/user_namespace.c: map_write).
constexpr std::uint64_t last_id = std::numeric_limits<std::uint32_t>::max() - 1;

/// What is taken on both sides, sorted by start: everybody's ranges and every account's ID.
std::vector<IdRange> taken_ranges(const Facts& facts) {
  std::vector<IdRange> taken;
  for (const auto* side : {&facts.subuid, &facts.subgid}) {
    for (const auto& range : side->file.ranges) taken.push_back({range.start, range.count});
  }
  for (const auto& user : facts.users) taken.push_back({user.uid, 1});
  for (const auto& group : facts.groups) taken.push_back({group.gid, 1});
  std::sort(taken.begin(), taken.end(), [](const IdRange& a, const IdRange& b) { return a.start < b.start; });
  return taken;
}

}  // namespace

bool belongs_to(const SubordinateRange& range, std::string_view name, uid_t uid) {
  return range.owner == name || range.owner == std::to_string(uid);
}

bool RangeProblem::operator==(const RangeProblem& other) const {
  const auto same = [](const auto* a, const auto* b) { return a == b || (a && b && *a == *b); };
  return same(overlapped, other.overlapped) && same(included, other.included);
}

std::string RangeProblem::words() const {
  if (overlapped)
    return fmt::format("overlaps {}:{}, which {} has in line {}", overlapped->start, overlapped->count,
                       overlapped->owner, overlapped->line);
  if (included)
    return fmt::format("includes {}, which is the real ID of {}", included->first, included->second);
  return {};
}

IdSide::IdSide(const SubordinateSide& side, NamedIds ids) : side_(&side), ids_(std::move(ids)) {
  std::sort(ids_.begin(), ids_.end());
  std::vector<std::pair<std::uint64_t, const SubordinateRange*>> by_start;
  by_start.reserve(side.file.ranges.size());
  for (const auto& range : side.file.ranges) by_start.emplace_back(range.start, &range);
  if (!std::is_sorted(by_start.begin(), by_start.end())) std::sort(by_start.begin(), by_start.end());
  starts_.reserve(by_start.size());
  farthest_.reserve(by_start.size());
  Farthest farthest{};
  for (const auto& [start, range] : by_start) {
    starts_.push_back(start);
    farthest_.push_back(farthest = with(farthest, *range));
  }
}

IdSide::Farthest IdSide::with(Farthest farthest, const SubordinateRange& range) {
  auto place = std::find_if(farthest.begin(), farthest.end(),
                            [&](const auto* other) { return !other || other->owner == range.owner; });
  if (place == farthest.end()) --place;
  if (*place && (*place)->end() >= range.end()) return farthest;
  *place = &range;
  for (; place != farthest.begin() && (*(place - 1))->end() < range.end(); --place)
    std::iter_swap(place - 1, place);
  return farthest;
}

IdSide IdSide::users(const Facts& facts) {
  NamedIds ids;
  for (const auto& user : facts.users) ids.emplace_back(user.uid, user.name);
  return {facts.subuid, std::move(ids)};
}

IdSide IdSide::groups(const Facts& facts) {
  NamedIds ids;
  for (const auto& group : facts.groups) ids.emplace_back(group.gid, group.name);
  return {facts.subgid, std::move(ids)};
}

std::vector<SubordinateRange> IdSide::ranges_of(std::string_view name, uid_t uid) const {
  std::vector<SubordinateRange> own;
  for (const auto& range : side_->file.ranges) {
    if (belongs_to(range, name, uid)) own.push_back(range);
  }
  return own;
}

const SubordinateRange* IdSide::overlapping(const SubordinateRange& range, std::string_view name,
                                            uid_t uid) const {
  const auto behind = std::lower_bound(starts_.begin(), starts_.end(), range.end());
  if (behind == starts_.begin()) return nullptr;
  for (const auto* other : farthest_[static_cast<std::size_t>(behind - starts_.begin()) - 1]) {
    if (!other || other->end() <= range.start) return nullptr;
    if (!belongs_to(*other, name, uid)) return other;
  }
  return nullptr;
}

const NamedIds::value_type* IdSide::real_id_in(std::uint64_t start, std::uint64_t end) const {
  const auto found = std::lower_bound(ids_.begin(), ids_.end(), start,
                                      [](const auto& id, std::uint64_t from) { return id.first < from; });
  return found == ids_.end() || found->first >= end ? nullptr : &*found;
}

RangeProblem IdSide::find_problem(const SubordinateRange& range, std::string_view name, uid_t uid) const {
  if (const auto* other = overlapping(range, name, uid)) return {other, nullptr};
  return {nullptr, real_id_in(range.start, range.end())};
}

std::string IdSide::problem_of(const SubordinateRange& range, std::string_view name, uid_t uid) const {
  return find_problem(range, name, uid).words();
}

std::string IdSide::obstacle_to(const IdRange& wanted) const {
  const SubordinateRange range{{}, wanted.start, wanted.count, 0};
  const auto nobody = static_cast<uid_t>(-1);  // no user's ID (credentials(7))
  return problem_of(range, {}, nobody);
}

std::optional<IdRange> free_range(const Facts& facts, std::uint64_t count) {
  const auto& uids = facts.subuid.defaults;
  const auto& gids = facts.subgid.defaults;
  const auto limit = std::min({uids.max, gids.max, last_id});
  auto start = std::max(uids.min, gids.min);
  if (count == 0 || count > limit || start > limit) return std::nullopt;
  for (const auto& taken : taken_ranges(facts)) {
    if (taken.start >= start + count) break;
    start = std::max(start, taken.start + taken.count);
  }
  if (start + count - 1 > limit) return std::nullopt;
  return IdRange{start, count};
}

std::uint64_t default_count(const Facts& facts) {
  return std::max({facts.subuid.defaults.count, facts.subgid.defaults.count, enough_ids});
}

}  // namespace kerneltour::host
