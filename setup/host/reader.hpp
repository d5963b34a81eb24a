#pragma once

#include <string>
#include <vector>

#include "host/host.hpp"

namespace kerneltour::host {

/// What files of a host are read for: what cannot be told where they cannot be read.
enum class About {
  distribution,     ///< os-release
  boot_parameters,  ///< /proc/cmdline, grub.cfg
  settings,         ///< sysctl.d(5)
  mounts,           ///< /proc/self/mountinfo
  ids,              ///< accounts, and subordinate IDs
};

/// A file or directory that may be there, and could not be read.
struct Unreadable {
  About about;
  std::string path;
  std::string reason;  ///< "Permission denied"
};

/// Reads a host's files and keeps account of those that it could not read: one that is not there is a fact,
/// and one that is refused is none.
class Reader {
 public:
  explicit Reader(const Host& host) : host_(host) {}

  const Host& host() const { return host_; }
  posix::FileText read(About about, const std::string& path);
  /// The file's text, empty where there is none: where "missing" and "empty" are the same fact.
  std::string text(About about, const std::string& path) { return read(about, path).text; }
  std::vector<std::string> list(About about, const std::string& directory);
  /// Takes note of `error`, which reading `path` gave, where it leaves open what is there.
  void note(About about, const std::string& path, int error, const std::string& reason);

  const std::vector<Unreadable>& unreadable() const { return unreadable_; }

 private:
  const Host& host_;
  std::vector<Unreadable> unreadable_;
};

}  // namespace kerneltour::host
