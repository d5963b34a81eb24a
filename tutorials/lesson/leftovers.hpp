#pragma once

#include <string>
#include <vector>

namespace kerneltour::lesson {

/// A directory of this run, "/tmp/kerneltour-PID-XXXXXX", with all that is in it removed at the end. What a
/// SIGKILL leaves, remove_leftovers() finds.
class TemporaryDirectory {
 public:
  /// Throws posix::SystemError.
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Removes the directories of earlier runs of this user whose process is gone, and names them.
std::vector<std::string> remove_leftovers();

}  // namespace kerneltour::lesson
