#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "posix/fd.hpp"
#include "posix/file.hpp"

namespace kerneltour::host {

/// A file as lstat(2)-after-symlinks and getxattr(2) describe it.
struct FileStatus {
  mode_t mode = 0;  ///< type and permissions, as in stat(2)
  uid_t owner = 0;
  dev_t device = 0;
  ino_t inode = 0;
  /// The permitted set of a file's capabilities (capabilities(7), bit N is capability N); nullopt where the
  /// file has none.
  std::optional<std::uint64_t> permitted_capabilities;
};

/// The file tree of a host: the running one, or one below a directory that is not running (a mounted
/// disk, a container's image, a test's fixture). It only reads.
///
/// Paths are absolute, as the host itself would name them. Below another root every symbolic link, absolute
/// ones included, stays inside that root (openat2(2), RESOLVE_IN_ROOT).
class Host {
 public:
  static Host running();
  /// Throws posix::SystemError where `root` is not a directory that can be searched, or the kernel has no
  /// openat2(2) (before Linux 5.6).
  static Host at(const std::string& root);

  bool live() const { return live_; }

  posix::FileText read(const std::string& path, std::size_t limit = posix::largest_text) const;
  /// The target of a symbolic link itself, not followed; nullopt where there is none.
  std::optional<std::string> read_link(const std::string& path) const;
  /// Names in a directory, sorted; empty where it cannot be read, and `error` is then the errno.
  std::vector<std::string> list(const std::string& directory, int* error = nullptr) const;
  /// nullopt where there is no such file or it cannot be reached.
  std::optional<FileStatus> status(const std::string& path) const;
  bool exists(const std::string& path) const { return status(path).has_value(); }

 private:
  Host(posix::Fd root, bool live) : root_(std::move(root)), live_(live) {}
  /// Sets errno where it fails.
  posix::Fd open(const std::string& path, int flags) const;
  std::optional<std::uint64_t> permitted_capabilities(const std::string& path, int looked_at) const;

  posix::Fd root_;
  bool live_;
};

}  // namespace kerneltour::host
