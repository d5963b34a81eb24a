#include "host/host.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "host/file_capabilities.hpp"
#include "posix/error.hpp"

namespace kerneltour::host {
namespace {

constexpr char capability_attribute[] = "security.capability";
constexpr int to_read = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
constexpr int to_look = O_PATH | O_CLOEXEC;  // asks for no right on the file itself

/// glibc has no openat2(2).
int open_in_root(int root, const char* path, int flags) {
  struct open_how how = {};
  how.flags = static_cast<decltype(how.flags)>(flags);
  how.resolve = RESOLVE_IN_ROOT;
  constexpr int attempts = 32;
  for (int i = 0;; ++i) {
    const long number = syscall(SYS_openat2, root, path, &how, sizeof how);
    // EAGAIN: something was renamed while ".." was looked up, and the kernel could not tell where it led.
    if (number >= 0 || errno != EAGAIN || i == attempts) return static_cast<int>(number);
  }
}

/// Attributes of a file that may not be read: a program may have mode 4711. An O_PATH descriptor gives none
/// itself (EBADF), but its link does. Fails with ENOENT where /proc is not mounted.
ssize_t get_attribute_by_link(int file, char* bytes, std::size_t size) {
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  return getxattr(link.c_str(), capability_attribute, bytes, size);
}

}  // namespace

Host Host::running() {
  posix::Fd root(::open("/", to_look | O_DIRECTORY));
  if (!root) throw posix::SystemError("cannot open /", errno);
  return {std::move(root), true};
}

Host Host::at(const std::string& root) {
  posix::Fd directory(::open(root.c_str(), to_look | O_DIRECTORY));
  if (!directory) throw posix::SystemError("cannot open " + root, errno);
  // Looking up "." asks for the right to search, and for openat2(2) itself.
  const posix::Fd self(open_in_root(directory.get(), ".", to_look));
  if (!self) throw posix::SystemError("cannot look up files below " + root, errno);
  return {std::move(directory), false};
}

posix::Fd Host::open(const std::string& path, int flags) const {
  if (path.find('\0') != path.npos) {
    errno = ENOENT;  // no file has such a name
    return posix::Fd();
  }
  if (live_) return posix::Fd(openat(root_.get(), path.c_str(), flags));
  return posix::Fd(open_in_root(root_.get(), path.c_str(), flags));
}

posix::FileText Host::read(const std::string& path, std::size_t limit) const {
  if (live_ && path.find('\0') == path.npos) return posix::read_file(root_.get(), path.c_str(), limit);
  const posix::Fd seen = open(path, to_look);
  if (!seen) return posix::FileText::failed(errno);
  struct stat status = {};
  if (fstat(seen.get(), &status) != 0) return posix::FileText::failed(errno);
  // What is no regular file is refused before it is opened: that is an act for a FIFO and for devices.
  if (!S_ISREG(status.st_mode)) return posix::read_open_file(seen.get(), limit);
  const posix::Fd file = open(path, to_read);
  if (!file) return posix::FileText::failed(errno);
  return posix::read_open_file(file.get(), limit);
}

std::optional<std::string> Host::read_link(const std::string& path) const {
  const posix::Fd link = open(path, to_look | O_NOFOLLOW);
  if (!link) return std::nullopt;
  std::array<char, PATH_MAX> target = {};
  const ssize_t length = readlinkat(link.get(), "", target.data(), target.size());
  if (length < 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(length));
}

std::vector<std::string> Host::list(const std::string& directory, int* error) const {
  const posix::Fd opened = open(directory, to_read | O_DIRECTORY);
  if (!opened) {
    if (error) *error = errno;
    return {};
  }
  // fdopendir(3) closes what it is given; `opened` closes its own.
  const int own = fcntl(opened.get(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) return {};
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(fdopendir(own), closedir);
  if (!entries) {
    ::close(own);
    return {};
  }
  std::vector<std::string> names;
  // Only this thread has this stream. NOLINTNEXTLINE(concurrency-mt-unsafe)
  while (const dirent* entry = readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::uint64_t> Host::permitted_capabilities(const std::string& path, int looked_at) const {
  std::array<char, 64> bytes = {};  // longer than any version of the attribute
  ssize_t length = get_attribute_by_link(looked_at, bytes.data(), bytes.size());
  if (length < 0 && errno == ENOENT) {
    const posix::Fd file = open(path, to_read);
    if (file) length = fgetxattr(file.get(), capability_attribute, bytes.data(), bytes.size());
  }
  if (length < 0) return std::nullopt;
  const auto capabilities = parse_file_capabilities({bytes.data(), static_cast<std::size_t>(length)});
  // On the running host a root other than 0 is that of a user namespace which is not ours: there the
  // capabilities count, here they do not (security/commoncap.c: get_vfs_caps_from_disk).
  if (!capabilities || (live_ && capabilities->root != 0)) return std::nullopt;
  return capabilities->permitted;
}

std::optional<FileStatus> Host::status(const std::string& path) const {
  const posix::Fd file = open(path, to_look);
  struct stat found = {};
  if (!file || fstat(file.get(), &found) != 0) return std::nullopt;
  FileStatus status;
  status.mode = found.st_mode;
  status.owner = found.st_uid;
  status.device = found.st_dev;
  status.inode = found.st_ino;
  if (S_ISREG(found.st_mode)) status.permitted_capabilities = permitted_capabilities(path, file.get());
  return status;
}

}  // namespace kerneltour::host
