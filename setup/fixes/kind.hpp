#pragma once

#include <string>
#include <string_view>

#include "fixes/change.hpp"
#include "posix/file_lock.hpp"

namespace kerneltour::fixes {

/// What is particular about one kind of change.
struct Kind {
  std::string_view name;
  /// Keeps others from the files while they are changed.
  posix::FileLock (*lock)(const posix::FileLock::Waiting& waiting);
  /// Why the change may not be taken back at this moment, in words; empty where nothing is in the way.
  std::string (*obstacle)(const Change& change);
  /// What the person should know who takes it back; empty where there is nothing.
  std::string_view remark;
};

/// Throws std::runtime_error where this program knows no such kind: a newer one made the change.
const Kind& kind_of(std::string_view name);

}  // namespace kerneltour::fixes
