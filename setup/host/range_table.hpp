#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/facts.hpp"
#include "host/id_ranges.hpp"

namespace kerneltour::host {

/// A range of user IDs and the same one of group IDs, side by side; or one alone, and nullptr.
struct RangeRow {
  const SubordinateRange* users = nullptr;
  const SubordinateRange* groups = nullptr;
  std::vector<std::string> problems;

  const SubordinateRange& either() const { return users ? *users : *groups; }
};

/// All that an owner has, and what is wrong with it.
struct OwnerRanges {
  std::vector<RangeRow> rows;
  std::vector<std::string> problems;  ///< of the owner, not of one range
};

/// A range, and the place of its owner among all.
struct OwnedRange {
  std::size_t owner = 0;
  const SubordinateRange* range = nullptr;
};

/// Who has ranges, and which, in the files' order.
struct RangeOwner {
  std::string name;          ///< the number as text where it has no name
  std::optional<uid_t> uid;  ///< nullopt where there is no such user
  std::span<const OwnedRange> users;
  std::span<const OwnedRange> groups;
};

/// Finds users who are not in /etc/passwd, by name: getpwnam(3).
using FindUser = std::function<std::optional<User>(const std::string& name)>;

/// The ranges of every owner, or of one. The facts have to outlive it.
class RangeTable {
 public:
  RangeTable(const Facts& facts, const std::optional<std::string>& only, const FindUser& find_user);
  RangeTable(const RangeTable&) = delete;
  RangeTable& operator=(const RangeTable&) = delete;

  /// In the order in which they first stand in the files, that of users first.
  const std::deque<RangeOwner>& owners() const { return owners_; }

  /// The owner's ranges, with all that is wrong with them: they overlap those of others, hold IDs of
  /// accounts, are too small for a system, are on one side only, or their owner is gone. Made when asked for:
  /// all of them at a time, for 100,000 lines, would be many times the files.
  OwnerRanges ranges_of(const RangeOwner& owner) const;

 private:
  IdSide users_;
  IdSide groups_;
  std::vector<OwnedRange> of_users_;  ///< by owner
  std::vector<OwnedRange> of_groups_;
  std::deque<RangeOwner> owners_;
};

}  // namespace kerneltour::host
