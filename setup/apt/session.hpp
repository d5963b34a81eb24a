#pragma once

#include <string>
#include <string_view>

namespace kerneltour::apt {

/// APT as it is set up on one root: its configuration read, and no lists opened. libapt-pkg keeps all that in
/// globals, so that a process has one session at a time; another one takes its place.
class Session {
 public:
  /// `root` is a directory with another system in it, "" is the running one. `command` is what APT's
  /// history.log says was typed. APT_CONFIG of the environment does not count. Throws Error, also where there
  /// is no database of dpkg's.
  Session(std::string root, const std::string& command);

  const std::string& root() const { return root_; }
  /// "amd64"
  std::string architecture() const;
  /// A directory that APT's configuration names, with the root before it and a slash behind:
  /// "Dir::Cache::archives".
  std::string directory(const char* setting) const;

 private:
  std::string root_;
};

/// dpkg's database. A system without it has no Debian packages.
inline constexpr const char* dpkg_status = "/var/lib/dpkg/status";

}  // namespace kerneltour::apt
