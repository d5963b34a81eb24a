#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fixes/change.hpp"
#include "posix/file_lock.hpp"

namespace kerneltour::fixes {

/// What is particular about one kind of change.
struct Kind {
  std::string_view name;
  /// Keeps others from the files while they are changed; nullptr where nobody else writes them.
  /// `root` is where the host is, "" for the running one.
  posix::FileLock (*lock)(const posix::FileLock::Waiting& waiting, const std::string& root);
  /// Why the change may not be taken back at this moment, in words; empty where nothing is in the way.
  std::string (*obstacle)(const Change& change);
  /// What the person should know who takes it back; empty where there is nothing.
  std::string_view remark;
  /// Has the running system take notice of the files as they are now; nullptr where it looks by itself.
  /// Throws std::runtime_error where it does not.
  void (*announce)(const Change& change) = nullptr;
  bool beyond_files = false;  ///< the change is more than its files: announcing has packages go with them
};

/// The lock of a kind, held; nullopt where it needs none.
std::optional<posix::FileLock> lock_of(const Kind& kind, const posix::FileLock::Waiting& waiting,
                                       const std::string& root = "");

/// Throws std::runtime_error where this program knows no such kind: a newer one made the change.
const Kind& kind_of(std::string_view name);

}  // namespace kerneltour::fixes
