#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/facts.hpp"

namespace kerneltour::host {

/// A range of user IDs and the same one of group IDs, side by side; or one alone.
struct RangeRow {
  std::optional<SubordinateRange> users;
  std::optional<SubordinateRange> groups;
  std::vector<std::string> problems;

  const SubordinateRange& either() const { return users ? *users : *groups; }
};

/// All that an owner has.
struct OwnerRanges {
  std::string name;          ///< the number as text where it has no name
  std::optional<uid_t> uid;  ///< nullopt where there is no such user
  std::vector<RangeRow> rows;
  std::vector<std::string> problems;  ///< of the owner, not of one range
};

/// Finds users who are not in /etc/passwd, by name: getpwnam(3).
using FindUser = std::function<std::optional<User>(const std::string& name)>;

/// The ranges of every owner, or of one, in the files' order, with all that is wrong with them: they overlap
/// those of others, hold IDs of accounts, are too small for a system, are on one side only, or their owner is
/// gone.
std::vector<OwnerRanges> range_table(const Facts& facts, const std::optional<std::string>& only,
                                     const FindUser& find_user);

}  // namespace kerneltour::host
