#include "fixes/subordinate_ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "fixes/ids_in_use.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

using host::IdRange;
using host::IdSide;
using host::SubordinateRange;

/// IDs below it are those of real users and services (Debian policy 9.2.2).
constexpr std::uint64_t first_subordinate = 65536;
/// One past the last ID: the kernel maps none past it (kernel/user_namespace.c: map_write).
constexpr std::uint64_t end_of_ids = std::numeric_limits<std::uint32_t>::max();

/// Whether `range` is enough for what is wanted.
bool is_enough(const SubordinateRange& range, const Grant& grant) {
  if (!grant.start) return range.count >= grant.count.value_or(host::enough_ids);
  return range.start <= *grant.start && range.end() >= *grant.start + grant.count.value_or(host::enough_ids);
}

/// What there is on one side already: a range that is enough, and those that are of no use.
SidePlan existing(const IdSide& side, const Grant& grant) {
  SidePlan plan{side.subordinate().path, {}, false, {}, {}};
  for (const auto& range : side.ranges_of(grant.user, grant.uid)) {
    if (auto problem = side.problem_of(range, grant.user, grant.uid); !problem.empty()) {
      plan.why_replaced.push_back(fmt::format("{} {}", host::written(range), problem));
      plan.replaced.push_back(range);
    } else if (!plan.kept && is_enough(range, grant)) {
      plan.range = {range.start, range.count};
      plan.kept = true;
    }
  }
  return plan;
}

/// Why the user may not get the range on this side, in words; empty where nothing is in the way. The user's
/// own ranges that are of no use are not: they go.
std::string obstacle_to(const IdSide& side, const IdRange& range, const Grant& grant) {
  const SubordinateRange wanted{grant.user, range.start, range.count, 0};
  if (auto problem = side.problem_of(wanted, grant.user, grant.uid); !problem.empty()) return problem;
  for (const auto& own : side.ranges_of(grant.user, grant.uid)) {
    if (own.overlaps(wanted) && side.problem_of(own, grant.user, grant.uid).empty())
      return fmt::format("overlaps {}:{}, which {} has in line {} already", own.start, own.count, own.owner,
                         own.line);
  }
  return {};
}

/// The range that was asked for by its start. Throws where it cannot be.
IdRange asked_for(const host::Facts& facts, const Grant& grant) {
  const IdRange range{*grant.start, grant.count.value_or(host::default_count(facts))};
  if (range.start < first_subordinate)
    throw std::runtime_error(
        fmt::format("the IDs from {} are not for granting: those below {} are of real users and "
                    "services; nothing was changed",
                    range.start, first_subordinate));
  if (range.start + range.count > end_of_ids)
    throw std::runtime_error(
        fmt::format("the range {}:{} ends past {}, the last ID there is; nothing was changed", range.start,
                    range.count, end_of_ids - 1));
  return range;
}

/// The range for the sides that need one: the other side's, where that one is kept and its range is free
/// here, or where it was found free on both.
IdRange find_range(const host::Facts& facts, const Grant& grant, const SidePlan& other, const IdSide& side) {
  if (other.range.count > 0 && obstacle_to(side, other.range, grant).empty()) return other.range;
  const auto count = grant.count.value_or(host::default_count(facts));
  const auto range = host::free_range(facts, count);
  if (!range)
    throw std::runtime_error(
        fmt::format("no free range of {} IDs is left between SUB_UID_MIN and SUB_UID_MAX of "
                    "/etc/login.defs; nothing was changed",
                    count));
  return *range;
}

void complete(SidePlan& plan, const SidePlan& other, const IdSide& side, const host::Facts& facts,
              const Grant& grant) {
  if (plan.kept) return;
  plan.range = grant.start ? asked_for(facts, grant) : find_range(facts, grant, other, side);
  if (const auto obstacle = obstacle_to(side, plan.range, grant); !obstacle.empty())
    throw std::runtime_error(fmt::format("{}: the range {}:{} {}; nothing was changed", plan.path,
                                         plan.range.start, plan.range.count, obstacle));
}

/// The lines of those ranges, as they stand there: "ann:0100000:65536" is 100000:65536, too.
std::vector<std::string> lines_of(const std::string& path, const std::vector<SubordinateRange>& ranges) {
  std::vector<std::string> lines;
  const auto file = look_at(path);
  std::string_view text = file.text;
  for (unsigned number = 1; !text.empty(); ++number) {
    const auto line = posix::take_line(text);
    const auto is_here = [&](const SubordinateRange& range) { return range.line == number; };
    if (std::any_of(ranges.begin(), ranges.end(), is_here)) lines.emplace_back(line);
  }
  return lines;
}

void add_edit(Change& change, const SidePlan& plan, const std::string& user) {
  if (!plan.changes()) return;
  const auto removed = lines_of(plan.path, plan.replaced);
  std::vector<std::string> added;
  if (!plan.kept) added.push_back(host::written({user, plan.range.start, plan.range.count, 0}));
  change.edits.push_back(edit_lines(plan.path, removed, added));
}

std::string words_for(const IdRange& range) { return fmt::format("{} to {}", range.start, range.last()); }

std::string summary_of(const GrantPlan& plan, const std::string& user) {
  if (plan.users.kept && plan.groups.kept)
    return fmt::format("user {} lost the ranges that were of no use", user);
  if (plan.users.kept) return fmt::format("user {} got the group IDs {}", user, words_for(plan.groups.range));
  if (plan.groups.kept) return fmt::format("user {} got the user IDs {}", user, words_for(plan.users.range));
  if (plan.users.range == plan.groups.range)
    return fmt::format("user {} got the IDs {}", user, words_for(plan.users.range));
  return fmt::format("user {} got the user IDs {} and the group IDs {}", user, words_for(plan.users.range),
                     words_for(plan.groups.range));
}

posix::FileLock lock_accounts(const posix::FileLock::Waiting& waiting, const std::string&) {
  // As lckpwdf(3) of the GNU C library, which says neither whom it waits for nor that it waits.
  return {"/etc/.pwd.lock", std::chrono::seconds(15), waiting};
}

/// A range that a process has is not taken back: it would lose the right to what it has made.
std::string obstacle_to_taking_back(const Change& change) {
  for (const auto& edit : change.edits) {
    const auto granted = host::parse_subordinate_ids(with_lines({}, {}, edit.added));
    for (const auto& range : granted.ranges) {
      if (const auto process = process_with({range.start, range.count}); !process.empty())
        return fmt::format("{} of {} is in use by {}", written(range), edit.path, process);
    }
  }
  return {};
}

}  // namespace

GrantPlan plan_grant(const host::Facts& facts, const Grant& grant) {
  const auto users = IdSide::users(facts);
  const auto groups = IdSide::groups(facts);
  GrantPlan plan{existing(users, grant), existing(groups, grant)};
  complete(plan.users, plan.groups, users, facts, grant);
  complete(plan.groups, plan.users, groups, facts, grant);
  return plan;
}

Change change_of(const GrantPlan& plan, const Grant& grant) {
  Change change;
  change.kind = subordinate_ids.name;
  change.summary = summary_of(plan, grant.user);
  add_edit(change, plan.users, grant.user);
  add_edit(change, plan.groups, grant.user);
  return change;
}

const Kind subordinate_ids = {
    "subordinate-ids",
    lock_accounts,
    obstacle_to_taking_back,
    "Files that belong to these IDs stay where they are, and belong to nobody who is known.",
};

}  // namespace kerneltour::fixes
