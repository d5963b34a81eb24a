#include "posix/file_lock.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <thread>

#include "posix/error.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

namespace kerneltour::posix {
namespace {

using Clock = std::chrono::steady_clock;

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

/// "process 412 (usermod)"
std::string holder_of(int file) {
  auto lock = whole_file();
  if (fcntl(file, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK || lock.l_pid <= 0) return "another process";
  const auto comm = read_file(AT_FDCWD, fmt::format("/proc/{}/comm", lock.l_pid).c_str());
  return comm.ok() ? fmt::format("process {} ({})", lock.l_pid, trim(comm.text))
                   : fmt::format("process {}", lock.l_pid);
}

}  // namespace

std::optional<std::string> lock_holder(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  auto lock = whole_file();
  if (!file || fcntl(file.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  return holder_of(file.get());
}

FileLock::FileLock(const std::string& path, std::optional<std::chrono::seconds> patience,
                   const Waiting& waiting)
    : file_(open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)) {
  const auto doing = "cannot lock " + path;
  if (!file_) throw SystemError(doing, errno);
  const auto begin = Clock::now();
  bool told = false;
  for (;;) {
    auto lock = whole_file();
    if (fcntl(file_.get(), F_SETLK, &lock) == 0) return;
    if (errno != EAGAIN && errno != EACCES) throw SystemError(doing, errno);
    const auto waited = Clock::now() - begin;
    if (patience && waited > *patience)
      throw SystemError(fmt::format("{}, which {} has had for {} seconds", doing, holder_of(file_.get()),
                                    patience->count()),
                        EAGAIN);
    if (!told && waited > std::chrono::seconds(1)) {
      waiting(holder_of(file_.get()));
      told = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace kerneltour::posix
