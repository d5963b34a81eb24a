#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "posix/fd.hpp"

namespace kerneltour::posix {

/// A write lock on a whole file (fcntl(2), F_SETLK), held as long as this object lives. It is the process's:
/// children have it not, and closing any other descriptor of that file gives it up.
class FileLock {
 public:
  /// What to do once, where somebody else has had the lock for a second: "process 412 (usermod)".
  using Waiting = std::function<void(const std::string& holder)>;

  /// Makes the file where it is missing. Waits for at most `patience`, or without end. Throws SystemError,
  /// with EAGAIN and the holder where the lock did not come in time.
  FileLock(const std::string& path, std::optional<std::chrono::seconds> patience, const Waiting& waiting);

 private:
  Fd file_;
};

/// Who has a lock on the file, "process 412 (usermod)"; nullopt where nobody has one, or it cannot be asked.
/// A lock of this process on that file is given up by it.
std::optional<std::string> lock_holder(const std::string& path);

}  // namespace kerneltour::posix
