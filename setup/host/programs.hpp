#pragma once

#include <optional>
#include <string>

#include "host/host.hpp"

namespace kerneltour::host {

/// A program on the host.
struct Program {
  std::string path;
  FileStatus status;

  /// Runs with all of root's rights: setuid, and owned by root.
  bool setuid_root() const;
  /// Has the capability (CAP_SETUID is 7, CAP_SETGID 6) in its file's permitted set.
  bool has_capability(unsigned capability) const;
};

/// Looks in the directories of Debian's default PATH, never in those of the environment. Only an executable
/// regular file counts.
std::optional<Program> find_program(const Host& host, const std::string& name);

}  // namespace kerneltour::host
