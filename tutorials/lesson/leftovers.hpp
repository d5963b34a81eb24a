#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::lesson {

class Step;

/// Where files are on a disk: "/tmp", or "/var/tmp" where that is in memory. Skips the step where both are.
std::string place_on_disk(Step& step);

/// A directory of this run, "/tmp/kerneltour-PID-XXXXXX", with all that is in it removed at the end. What a
/// SIGKILL leaves, remove_leftovers() finds.
class TemporaryDirectory {
 public:
  /// In `place`, which is "/tmp" or what place_on_disk() says. Throws posix::SystemError.
  explicit TemporaryDirectory(const std::string& place = "/tmp");
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Whether "kerneltour-PID-NAME" is the name of something whose maker is gone.
bool is_left(std::string_view name);

/// Removes the containers, control groups and directories of earlier runs of this user whose process is gone,
/// and names them.
std::vector<std::string> remove_leftovers();

}  // namespace kerneltour::lesson
