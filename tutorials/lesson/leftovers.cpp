#include "lesson/leftovers.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

#include "host/confinement.hpp"
#include "posix/error.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

constexpr std::string_view place = "/tmp";
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

TemporaryDirectory::TemporaryDirectory() : path_(fmt::format("{}/{}{}-XXXXXX", place, prefix, getpid())) {
  if (!mkdtemp(path_.data())) throw posix::SystemError("cannot make the directory " + path_, errno);
}

TemporaryDirectory::~TemporaryDirectory() { remove_all(path_); }

std::vector<std::string> remove_leftovers() {
  std::vector<std::string> removed;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(place, ignored)) {
    const pid_t maker = maker_of(entry.path().filename().string());
    if (maker == 0 || !is_gone(maker) || !is_ours(entry.path().string())) continue;
    remove_all(entry.path().string());
    removed.push_back(entry.path().string());
  }
  return removed;
}

}  // namespace kerneltour::lesson
