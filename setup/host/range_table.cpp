#include "host/range_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "host/id_ranges.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

/// Who a text in the first field of subuid(5) is: "1000" and "ann" may be the same user.
class Owners {
 public:
  Owners(const Facts& facts, const FindUser& find_user) : find_user_(find_user) {
    by_name_.reserve(facts.users.size());
    by_uid_.reserve(facts.users.size());
    for (const auto& user : facts.users) {
      by_name_.emplace(user.name, &user);
      by_uid_.emplace(user.uid, &user);
    }
  }

  OwnerRanges owner(const std::string& text) {
    if (const auto user = find(text)) return {user->name, user->uid, {}, {}};
    return {text, std::nullopt, {}, {fmt::format("there is no user {} on this host", text)}};
  }

 private:
  std::optional<User> find(const std::string& text) {
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
};

/// An owner's ranges on both sides, until they are put into rows.
struct Sides {
  OwnerRanges owner;
  std::vector<SubordinateRange> users;
  std::vector<SubordinateRange> groups;
};

/// What is wrong with a range is said once where both sides have the same to say.
void add_problems(RangeRow& row, const OwnerRanges& owner, const IdSide& users, const IdSide& groups) {
  const auto uid = owner.uid.value_or(static_cast<uid_t>(-1));
  const auto of_users = row.users ? users.problem_of(*row.users, owner.name, uid) : std::string();
  const auto of_groups = row.groups ? groups.problem_of(*row.groups, owner.name, uid) : std::string();
  if (!of_users.empty() && of_users == of_groups) {
    row.problems.push_back(of_users);
    return;
  }
  if (!of_users.empty()) row.problems.push_back("of users: " + of_users);
  if (!of_groups.empty()) row.problems.push_back("of groups: " + of_groups);
}

std::vector<RangeRow> side_by_side(const Sides& sides) {
  std::multimap<std::pair<std::uint64_t, std::uint64_t>, SubordinateRange> groups;
  for (const auto& range : sides.groups) groups.insert({{range.start, range.count}, range});
  std::vector<RangeRow> rows;
  for (const auto& range : sides.users) {
    auto& row = rows.emplace_back(RangeRow{range, std::nullopt, {}});
    const auto same = groups.lower_bound({range.start, range.count});
    if (same == groups.end() || same->first != std::pair(range.start, range.count)) continue;
    row.groups = groups.extract(same).mapped();
  }
  std::vector<SubordinateRange> alone;
  for (auto& [ids, range] : groups) alone.push_back(std::move(range));
  std::sort(alone.begin(), alone.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  for (auto& range : alone) rows.push_back({std::nullopt, std::move(range), {}});
  return rows;
}

bool has_enough(const std::vector<SubordinateRange>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [](const SubordinateRange& range) { return range.count >= enough_ids; });
}

void add_side_problem(OwnerRanges& owner, const std::vector<SubordinateRange>& ranges,
                      const SubordinateSide& side) {
  if (ranges.empty()) {
    owner.problems.push_back("has no range in " + side.path);
  } else if (!has_enough(ranges)) {
    owner.problems.push_back(
        fmt::format("has no range of {} IDs in {}, too few for a whole system", enough_ids, side.path));
  }
}

/// How the owner may be written whose ranges alone are wanted: by name, or by number.
std::vector<std::string> texts_of(const Facts& facts, const std::string& name) {
  std::vector<std::string> texts = {name};
  for (const auto& user : facts.users) {
    if (user.name == name) texts.push_back(std::to_string(user.uid));
  }
  return texts;
}

/// By owner, in the order in which they first stand in the files.
std::vector<Sides> collect(const Facts& facts, const std::optional<std::string>& only,
                           const FindUser& find_user) {
  const auto wanted = only ? texts_of(facts, *only) : std::vector<std::string>();
  const auto is_wanted = [&](const SubordinateRange& range) {
    return !only || std::find(wanted.begin(), wanted.end(), range.owner) != wanted.end();
  };
  Owners owners(facts, find_user);
  std::vector<Sides> all;
  std::unordered_map<std::string, std::size_t> by_text;
  std::unordered_map<std::string, std::size_t> by_name;
  const auto place_of = [&](const std::string& text) {
    if (const auto found = by_text.find(text); found != by_text.end()) return found->second;
    auto owner = owners.owner(text);
    const auto [known, is_new] = by_name.emplace(owner.name, all.size());
    if (is_new) all.push_back({std::move(owner), {}, {}});
    return by_text.emplace(text, known->second).first->second;
  };
  for (const auto& range : facts.subuid.file.ranges) {
    if (is_wanted(range)) all[place_of(range.owner)].users.push_back(range);
  }
  for (const auto& range : facts.subgid.file.ranges) {
    if (is_wanted(range)) all[place_of(range.owner)].groups.push_back(range);
  }
  return all;
}

}  // namespace

std::vector<OwnerRanges> range_table(const Facts& facts, const std::optional<std::string>& only,
                                     const FindUser& find_user) {
  const auto users = IdSide::users(facts);
  const auto groups = IdSide::groups(facts);
  std::vector<OwnerRanges> table;
  for (auto& sides : collect(facts, only, find_user)) {
    if (only && sides.owner.name != *only) continue;
    auto& owner = table.emplace_back(std::move(sides.owner));
    owner.rows = side_by_side(sides);
    for (auto& row : owner.rows) add_problems(row, owner, users, groups);
    if (!owner.uid) continue;  // who is gone needs no ranges
    add_side_problem(owner, sides.users, facts.subuid);
    add_side_problem(owner, sides.groups, facts.subgid);
  }
  return table;
}

}  // namespace kerneltour::host
