#include "host/programs.hpp"

#include <sys/stat.h>

#include <limits>

namespace kerneltour::host {
namespace {

/// root's PATH in Debian (login.defs(5): ENV_SUPATH). With merged /usr the last two are the two before them.
constexpr const char* directories[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                       "/usr/bin",        "/sbin",          "/bin"};

bool is_executable(const FileStatus& status) {
  return S_ISREG(status.mode) && (status.mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
}

}  // namespace

bool Program::setuid_root() const { return status.owner == 0 && (status.mode & S_ISUID) != 0; }

bool Program::has_capability(unsigned capability) const {
  if (!status.permitted_capabilities || capability >= std::numeric_limits<std::uint64_t>::digits)
    return false;
  return (*status.permitted_capabilities >> capability & 1) != 0;
}

std::optional<Program> find_program(const Host& host, const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos) return std::nullopt;
  for (const std::string directory : directories) {
    std::string path = directory + "/" + name;
    const auto status = host.status(path);
    if (status && is_executable(*status)) return Program{std::move(path), *status};
  }
  return std::nullopt;
}

}  // namespace kerneltour::host
