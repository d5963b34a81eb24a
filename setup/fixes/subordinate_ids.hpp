#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "fixes/change.hpp"
#include "fixes/kind.hpp"
#include "host/id_ranges.hpp"

namespace kerneltour::fixes {

/// What somebody wants.
struct Grant {
  std::string user;
  uid_t uid = 0;
  std::optional<std::uint64_t> count;  ///< IDs on each side; by login.defs(5) without it
  std::optional<std::uint64_t> start;  ///< the first one; the first free one without it
};

/// What a grant comes to on one side.
struct SidePlan {
  std::string path;                              ///< "/etc/subuid"
  host::IdRange range;                           ///< what the user has then
  bool kept = false;                             ///< the user has it already
  std::vector<host::SubordinateRange> replaced;  ///< the user's own that are of no use, and go
  std::vector<std::string> why_replaced;         ///< a sentence for each

  bool changes() const { return !kept || !replaced.empty(); }
  bool operator==(const SidePlan&) const = default;
};

/// What a grant comes to.
struct GrantPlan {
  SidePlan users;
  SidePlan groups;

  bool changes() const { return users.changes() || groups.changes(); }
  bool operator==(const GrantPlan&) const = default;
};

/// Plans a grant, and changes nothing: a range that is enough and is no problem is kept; a missing one is the
/// same on both sides where that is free; ranges of the user's own that overlap somebody else's or have real
/// IDs in them are replaced. Throws std::runtime_error, in words for the person: where the IDs asked for are
/// somebody's, and whose; where none are left.
GrantPlan plan_grant(const host::Facts& facts, const Grant& grant);

/// The plan as a change of the two files, as they are now. Call it and make it under the lock of
/// `subordinate_ids`.
Change change_of(const GrantPlan& plan, const Grant& grant);

/// Grants of subordinate IDs. Their lock is that of shadow's tools: lckpwdf(3) keeps out usermod(8) and
/// libsubid.
extern const Kind subordinate_ids;

}  // namespace kerneltour::fixes
