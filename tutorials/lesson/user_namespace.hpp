#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lesson/step.hpp"

namespace kerneltour::lesson {

/// Writes `text` to the file in one write(2), which is how the kernel wants maps (user_namespaces(7)), and
/// shows that call. The step ends as failed where the kernel refuses.
void write_whole(Step& step, const std::string& path, std::string_view text);

/// Moves this process into a user namespace of its own, where it is root and outside stays who it is, and
/// into those that `others` names (CLONE_NEWNET, as unshare(2) takes them). Each call is shown; chapter 09
/// explains them. It lasts until the process ends.
void enter_as_root(Step& step, int others = 0);

/// A range that subuid(5) or subgid(5) gives us.
struct SubordinateRange {
  std::uint32_t start = 0;
  std::uint32_t count = 0;
};

/// The IDs of users, or of groups, that we may map.
enum class Side { users, groups };

/// Our first range of at least `enough` IDs, by getsubids(1), which asks the files or the service that is in
/// their place. Skips the step, with the remedy, where we have none, or where newuidmap(1) is not installed.
SubordinateRange subordinate_range(Step& step, Side side, std::uint32_t enough);

/// A line of a map (user_namespaces(7)): `count` IDs from `inside` are those from `outside`.
struct MapLine {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;
  std::uint32_t count = 1;
};
using IdMap = std::vector<MapLine>;

/// Moves this process into a user namespace of its own with these maps, and into those that `others` names. A
/// process outside writes them: by newuidmap(1) and newgidmap(1), which chapter 10 explains, or by itself
/// where it is root. Without a map of groups none is mapped yet. Skips the step, with the remedy, where that
/// is refused. It lasts until the process ends.
void enter_with_maps(Step& step, const IdMap& users, const IdMap& groups, int others = 0);

/// The same, with us as root and `many` of our subordinate IDs, of users and of groups, from `first` on.
void enter_with_range(Step& step, std::uint32_t first, std::uint32_t many);

/// "ann": the name of a user, or the number as text where it has none.
std::string name_of(uid_t user);

}  // namespace kerneltour::lesson
