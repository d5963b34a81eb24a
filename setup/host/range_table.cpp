#include "host/range_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory_resource>
#include <unordered_map>
#include <utility>

#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

/// Owners by what stands in the first field of subuid(5): "1000" and "ann" may be the same user.
class Owners {
 public:
  Owners(const Facts& facts, const FindUser& find_user) : find_user_(find_user) {
    by_name_.reserve(facts.users.size());
    by_uid_.reserve(facts.users.size());
    for (const auto& user : facts.users) {
      by_name_.emplace(user.name, &user);
      by_uid_.emplace(user.uid, &user);
    }
    by_text_.reserve(facts.subuid.file.ranges.size() + facts.subgid.file.ranges.size());
  }

  /// The place of an owner. The text has to outlive this.
  std::size_t place_of(const std::string& text) {
    // Lines of one owner stand together, and owners in both files in the same order, nearly always.
    for (auto guess = last_; guess < std::min(last_ + 2, owners_.size()); ++guess) {
      if (owners_[guess].name == text) return last_ = guess;
    }
    auto& place = by_text_.try_emplace(text, unknown).first->second;
    if (place == unknown) place = find_or_add(text);
    return last_ = place;
  }

  std::deque<RangeOwner> take() && { return std::move(owners_); }

 private:
  static constexpr auto unknown = static_cast<std::size_t>(-1);

  /// The place of the owner that a new text names: one that is known under its name, or another.
  std::size_t find_or_add(const std::string& text) {
    const auto user = find(text);
    const bool renamed = user && user->name != text;
    if (renamed) {
      if (const auto known = by_text_.find(user->name); known != by_text_.end()) return known->second;
    }
    const auto place = owners_.size();
    owners_.push_back({user ? user->name : text, user ? std::optional(user->uid) : std::nullopt, {}, {}});
    if (renamed) by_text_.emplace(owners_.back().name, place);
    return place;
  }

  std::optional<User> find(const std::string& text) const {
    if (const auto found = by_name_.find(text); found != by_name_.end()) return *found->second;
    // "01000" is nobody: shadow compares texts (lib/subordinateio.c: find_range).
    if (const auto uid = posix::parse_number<uid_t>(text); uid && std::to_string(*uid) == text) {
      const auto found = by_uid_.find(*uid);
      if (found != by_uid_.end()) return *found->second;
    }
    return find_user_(text);
  }

  const FindUser& find_user_;
  std::unordered_map<std::string_view, const User*> by_name_;
  std::unordered_map<uid_t, const User*> by_uid_;
  std::deque<RangeOwner> owners_;  ///< whose names stay where they are: by_text_ has views of some
  std::pmr::monotonic_buffer_resource memory_;
  std::pmr::unordered_map<std::string_view, std::size_t> by_text_{&memory_};  ///< places in owners_
  std::size_t last_ = 0;  ///< the place that was asked for last
};

/// How the owner may be written whose ranges alone are wanted: by name, or by number.
std::vector<std::string> texts_of(const Facts& facts, const std::string& name) {
  std::vector<std::string> texts = {name};
  for (const auto& user : facts.users) {
    if (user.name == name) texts.push_back(std::to_string(user.uid));
  }
  return texts;
}

/// The ranges of one side by owner, those of each in the file's order.
std::vector<OwnedRange> by_owner(const SubordinateFile& file, Owners& owners,
                                 const std::optional<std::vector<std::string>>& wanted) {
  std::vector<OwnedRange> owned;
  if (!wanted) owned.reserve(file.ranges.size());
  for (const auto& range : file.ranges) {
    if (wanted && std::find(wanted->begin(), wanted->end(), range.owner) == wanted->end()) continue;
    owned.push_back({owners.place_of(range.owner), &range});
  }
  const auto by_place = [](const OwnedRange& a, const OwnedRange& b) { return a.owner < b.owner; };
  if (!std::is_sorted(owned.begin(), owned.end(), by_place))
    std::stable_sort(owned.begin(), owned.end(), by_place);
  return owned;
}

void give_to_owners(const std::vector<OwnedRange>& ranges, std::deque<RangeOwner>& owners,
                    std::span<const OwnedRange> RangeOwner::*side) {
  for (auto first = ranges.begin(); first != ranges.end();) {
    const auto end = std::find_if(first, ranges.end(),
                                  [&](const OwnedRange& other) { return other.owner != first->owner; });
    owners[first->owner].*side = {first, end};
    first = end;
  }
}

std::pair<std::uint64_t, std::uint64_t> ids_of(const OwnedRange& owned) {
  return {owned.range->start, owned.range->count};
}

/// Adds the rows of those that do not stand at the same place on both sides.
void find_each_other(std::span<const OwnedRange> users, std::span<const OwnedRange> groups,
                     std::vector<RangeRow>& rows) {
  std::multimap<std::pair<std::uint64_t, std::uint64_t>, const SubordinateRange*> by_ids;
  for (const auto& group : groups) by_ids.emplace(ids_of(group), group.range);
  for (const auto& user : users) {
    auto& row = rows.emplace_back(RangeRow{user.range, nullptr, {}});
    const auto same = by_ids.lower_bound(ids_of(user));
    if (same == by_ids.end() || same->first != ids_of(user)) continue;
    row.groups = by_ids.extract(same).mapped();
  }
  std::vector<const SubordinateRange*> alone;
  for (const auto& [ids, range] : by_ids) alone.push_back(range);
  std::sort(alone.begin(), alone.end(), [](const auto* a, const auto* b) { return a->line < b->line; });
  for (const auto* range : alone) rows.push_back({nullptr, range, {}});
}

std::vector<RangeRow> side_by_side(const RangeOwner& owner) {
  std::vector<RangeRow> rows;
  rows.reserve(std::max(owner.users.size(), owner.groups.size()));
  auto users = owner.users;
  auto groups = owner.groups;
  while (!users.empty() && !groups.empty() && ids_of(users.front()) == ids_of(groups.front())) {
    rows.push_back({users.front().range, groups.front().range, {}});
    users = users.subspan(1);
    groups = groups.subspan(1);
  }
  find_each_other(users, groups, rows);
  return rows;
}

/// What is wrong with a range is said once where both sides have the same to say.
void add_problems(RangeRow& row, const RangeOwner& owner, const IdSide& users, const IdSide& groups) {
  const auto uid = owner.uid.value_or(static_cast<uid_t>(-1));
  const auto of_users = row.users ? users.find_problem(*row.users, owner.name, uid) : RangeProblem();
  const auto of_groups = row.groups ? groups.find_problem(*row.groups, owner.name, uid) : RangeProblem();
  if (of_users == of_groups) {
    if (of_users) row.problems.push_back(of_users.words());
    return;
  }
  if (of_users) row.problems.push_back("of users: " + of_users.words());
  if (of_groups) row.problems.push_back("of groups: " + of_groups.words());
}

bool has_enough(std::span<const OwnedRange> ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [](const OwnedRange& owned) { return owned.range->count >= enough_ids; });
}

void add_side_problem(OwnerRanges& owner, std::span<const OwnedRange> ranges, const std::string& path) {
  if (ranges.empty()) {
    owner.problems.push_back("has no range in " + path);
  } else if (!has_enough(ranges)) {
    owner.problems.push_back(
        fmt::format("has no range of {} IDs in {}, too few for a whole system", enough_ids, path));
  }
}

}  // namespace

RangeTable::RangeTable(const Facts& facts, const std::optional<std::string>& only, const FindUser& find_user)
    : users_(IdSide::users(facts)), groups_(IdSide::groups(facts)) {
  const auto wanted = only ? std::optional(texts_of(facts, *only)) : std::nullopt;
  Owners owners(facts, find_user);
  of_users_ = by_owner(facts.subuid.file, owners, wanted);
  of_groups_ = by_owner(facts.subgid.file, owners, wanted);
  owners_ = std::move(owners).take();
  give_to_owners(of_users_, owners_, &RangeOwner::users);
  give_to_owners(of_groups_, owners_, &RangeOwner::groups);
  std::erase_if(owners_, [&](const RangeOwner& owner) { return only && owner.name != *only; });
}

OwnerRanges RangeTable::ranges_of(const RangeOwner& owner) const {
  OwnerRanges all{side_by_side(owner), {}};
  for (auto& row : all.rows) add_problems(row, owner, users_, groups_);
  if (!owner.uid) {  // who is gone needs no ranges
    all.problems.push_back("there is no user " + owner.name + " on this host");
    return all;
  }
  add_side_problem(all, owner.users, users_.subordinate().path);
  add_side_problem(all, owner.groups, groups_.subordinate().path);
  return all;
}

}  // namespace kerneltour::host
