#include "lesson/leftovers.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <utility>

#include "host/confinement.hpp"
#include "lesson/container.hpp"
#include "lesson/control_group.hpp"
#include "lesson/step.hpp"
#include "posix/error.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

constexpr const char* places[] = {"/tmp", "/var/tmp"};
constexpr std::string_view prefix = "kerneltour-";

/// The process in "kerneltour-PID-XXXXXX"; 0 where the name is another.
pid_t maker_of(std::string_view name) {
  if (!name.starts_with(prefix)) return 0;
  name.remove_prefix(prefix.size());
  const auto pid = posix::parse_number<unsigned>(posix::take_field(name, '-'));
  return pid ? static_cast<pid_t>(*pid) : 0;
}

/// A zombie has gone, too: only its parent has not asked yet.
bool is_gone(pid_t pid) {
  if (kill(pid, 0) != 0 && errno == ESRCH) return true;
  const auto status = posix::read_file(AT_FDCWD, fmt::format("/proc/{}/status", pid).c_str());
  return host::parse_status_field(status.text, "State").starts_with('Z');
}

/// Whether what is written there never waits for a disk of this host's: memory, or a file system that is
/// somebody else's.
bool is_elsewhere(const char* place) {
  struct statfs status {};
  if (statfs(place, &status) != 0) return true;
  const auto type = static_cast<unsigned long>(status.f_type);
  return type == TMPFS_MAGIC || type == RAMFS_MAGIC || type == V9FS_MAGIC || type == FUSE_SUPER_MAGIC ||
         type == NFS_SUPER_MAGIC;
}

/// A directory, and nobody else's: /tmp is everybody's.
bool is_ours(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid();
}

void remove_all(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace

std::string place_on_disk(Step& step) {
  for (const char* place : places)
    if (!is_elsewhere(place) && access(place, W_OK) == 0) return place;
  step.skip("a directory on a disk: /tmp and /var/tmp are in memory, or on another host",
            "findmnt -T /var/tmp");
}

TemporaryDirectory::TemporaryDirectory(const std::string& place)
    : path_(fmt::format("{}/{}{}-XXXXXX", place, prefix, getpid())) {
  if (!mkdtemp(path_.data())) throw posix::SystemError("cannot make the directory " + path_, errno);
}

TemporaryDirectory::~TemporaryDirectory() { remove_all(path_); }

bool is_left(std::string_view name) {
  const pid_t maker = maker_of(name);
  return maker != 0 && is_gone(maker);
}

std::vector<std::string> remove_leftovers() {
  // First: what runs in them may write to the directories.
  auto removed = remove_left_containers();
  for (auto& path : remove_left_control_groups()) removed.push_back(std::move(path));
  std::error_code ignored;
  for (const char* place : places) {
    for (const auto& entry : std::filesystem::directory_iterator(place, ignored)) {
      const auto path = entry.path().string();
      if (!is_left(entry.path().filename().string()) || !is_ours(path)) continue;
      hand_back(path);
      remove_all(path);
      removed.push_back(path);
    }
  }
  return removed;
}

}  // namespace kerneltour::lesson
