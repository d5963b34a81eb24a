#include "host/range_table.hpp"

#include <algorithm>

#include "fuzz/target.hpp"
#include "host/id_ranges.hpp"
#include "posix/text.hpp"

namespace kerneltour::fuzz {
namespace {

using Ranges = std::vector<host::SubordinateRange>;

Ranges by_line(Ranges ranges) {
  std::ranges::sort(ranges, {}, &host::SubordinateRange::line);
  return ranges;
}

/// All ranges of one side of the table.
Ranges ranges_in(const host::RangeTable& table, const host::SubordinateRange* host::RangeRow::*side) {
  Ranges ranges;
  for (const auto& owner : table.owners()) {
    for (const auto& row : table.ranges_of(owner).rows) {
      must(row.users || row.groups, "a row has a range");
      if (row.*side) ranges.push_back(*(row.*side));
    }
  }
  return by_line(std::move(ranges));
}

/// Whether anybody else's range has an ID of this one, asked of each.
bool is_shared(const host::SubordinateRange& range, const host::RangeOwner& owner, const Ranges& all) {
  const auto uid = owner.uid.value_or(static_cast<uid_t>(-1));
  return std::ranges::any_of(
      all, [&](const auto& other) { return other.overlaps(range) && !belongs_to(other, owner.name, uid); });
}

void overlaps_are_told(const host::IdSide& side, const host::RangeOwner& owner,
                       const host::SubordinateRange* range) {
  if (!range) return;
  const auto uid = owner.uid.value_or(static_cast<uid_t>(-1));
  must(belongs_to(*range, owner.name, uid), "a range stands with its owner");
  const auto* found = side.overlapping(*range, owner.name, uid);
  must((found != nullptr) == is_shared(*range, owner, side.subordinate().file.ranges),
       "an overlap is told where there is one, and nowhere else");
  must(!found || (found->overlaps(*range) && !belongs_to(*found, owner.name, uid)),
       "what is told overlaps, and is another owner's");
}

}  // namespace

/// /etc/subuid and /etc/subgid, with a byte 0 between them, on a host of three users.
void target(std::string_view text) {
  host::Facts facts;
  facts.users = {{"root", 0, 0}, {"ann", 1000, 1000}, {"1001", 7, 7}};
  facts.groups = {{"root", 0}, {"staff", 100000}};
  facts.subuid = {"/etc/subuid", host::parse_subordinate_ids(posix::take_field(text, '\0')), {}};
  facts.subgid = {"/etc/subgid", host::parse_subordinate_ids(text), {}};
  const host::RangeTable table(facts, {}, [](const auto&) { return std::optional<host::User>(); });

  must(ranges_in(table, &host::RangeRow::users) == by_line(facts.subuid.file.ranges),
       "each range of users is in one row");
  must(ranges_in(table, &host::RangeRow::groups) == by_line(facts.subgid.file.ranges),
       "each range of groups is in one row");
  const auto users = host::IdSide::users(facts);
  const auto groups = host::IdSide::groups(facts);
  for (const auto& owner : table.owners()) {
    must(std::ranges::count(table.owners(), owner.name, &host::RangeOwner::name) == 1,
         "an owner is told once");
    for (const auto& row : table.ranges_of(owner).rows) {
      must(!row.users || !row.groups ||
               (row.users->start == row.groups->start && row.users->count == row.groups->count),
           "side by side are the same IDs");
      overlaps_are_told(users, owner, row.users);
      overlaps_are_told(groups, owner, row.groups);
    }
  }
}

}  // namespace kerneltour::fuzz
