#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/facts.hpp"

namespace kerneltour::host {

/// IDs from `start`, `count` of them.
struct IdRange {
  std::uint64_t start = 0;
  std::uint64_t count = 0;
  std::uint64_t last() const { return start + count - 1; }
  bool operator==(const IdRange&) const = default;
};

/// A subordinate range has to hold as many IDs as a system has below "nobody" (65534) and itself.
inline constexpr std::uint64_t enough_ids = 65536;

/// IDs of accounts, with their names, sorted.
using NamedIds = std::vector<std::pair<std::uint64_t, std::string>>;

/// Whether the range is the user's: by name, or by number as text (subuid(5)).
bool belongs_to(const SubordinateRange& range, std::string_view name, uid_t uid);

/// What is wrong with a range: it overlaps another owner's, or has the ID of an account.
struct RangeProblem {
  const SubordinateRange* overlapped = nullptr;
  const NamedIds::value_type* included = nullptr;

  explicit operator bool() const { return overlapped || included; }
  /// Whether it is the same in words: on the other side of IDs, too.
  bool operator==(const RangeProblem& other) const;
  /// "overlaps 165535:65536, which bob has in line 2", "includes 100000, which is the real ID of ann". Empty
  /// where nothing is wrong.
  std::string words() const;
};

/// One side of a host's IDs, of users or of groups: the ranges and the accounts. The facts have to outlive
/// it.
class IdSide {
 public:
  static IdSide users(const Facts& facts);
  static IdSide groups(const Facts& facts);

  const SubordinateSide& subordinate() const { return *side_; }

  /// The user's ranges, in the file's order.
  std::vector<SubordinateRange> ranges_of(std::string_view name, uid_t uid) const;
  /// A range of another owner than this user that has an ID of `range`, too; nullptr where none has.
  const SubordinateRange* overlapping(const SubordinateRange& range, std::string_view name, uid_t uid) const;
  /// What is wrong with one of the user's ranges.
  RangeProblem find_problem(const SubordinateRange& range, std::string_view name, uid_t uid) const;
  /// The same in words.
  std::string problem_of(const SubordinateRange& range, std::string_view name, uid_t uid) const;
  /// The same, or empty, for IDs that are nobody's yet and are wanted for somebody: every owner counts.
  std::string obstacle_to(const IdRange& wanted) const;

 private:
  IdSide(const SubordinateSide& side, NamedIds ids);
  const NamedIds::value_type* real_id_in(std::uint64_t start, std::uint64_t end) const;

  /// Of some ranges, those that reach farthest, each of another owner, and the farthest first. A user has two
  /// owners' texts at most, name and number: with three, one is somebody else's where any is.
  using Farthest = std::array<const SubordinateRange*, 3>;
  static Farthest with(Farthest farthest, const SubordinateRange& range);

  const SubordinateSide* side_;
  NamedIds ids_;
  std::vector<std::uint64_t> starts_;  ///< of the ranges, sorted
  std::vector<Farthest> farthest_;     ///< of the ranges up to each of starts_
};

/// The first `count` IDs, by login.defs(5), that nobody owns on any of the sides and no account has: nullopt
/// where there are none left.
std::optional<IdRange> free_range(const Facts& facts, std::uint64_t count);

/// How many IDs a new range has: what login.defs(5) says for either side, and not less than `enough_ids`.
std::uint64_t default_count(const Facts& facts);

}  // namespace kerneltour::host
