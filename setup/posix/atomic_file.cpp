#include "posix/atomic_file.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "posix/error.hpp"
#include "posix/fd.hpp"

namespace kerneltour::posix {
namespace {

[[noreturn]] void fail(std::string_view doing, const std::string& path) {
  const int error = errno;
  throw SystemError(fmt::format("cannot {} {}", doing, path), error);
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// "/etc/subuid" is staged as "/etc/.subuid.kerneltour-new".
std::string staged_path(const std::string& path) {
  const auto name = path.find_last_of('/') + 1;  // 0 where there is no slash
  return fmt::format("{}.{}.kerneltour-new", path.substr(0, name), path.substr(name));
}

void write_all(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void set_attributes(int file, const FileAttributes& attributes, const std::string& path) {
  constexpr uid_t keep = static_cast<uid_t>(-1);  // chown(2)
  const bool owned = attributes.owner || attributes.group;
  if (owned && fchown(file, attributes.owner.value_or(keep), attributes.group.value_or(keep)) != 0)
    fail("give the owner's ID to", path);
  if (fchmod(file, attributes.mode) != 0) fail("set the mode of", path);
}

}  // namespace

StagedFile::StagedFile(const std::string& path, std::string_view text, const FileAttributes& attributes)
    : path_(path), staged_(staged_path(path)) {
  unlink(staged_.c_str());
  const Fd file(open(staged_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) fail("write beside", path);
  try {
    write_all(file.get(), text, staged_);
    set_attributes(file.get(), attributes, staged_);
    if (fsync(file.get()) != 0) fail("write", staged_);
  } catch (...) {
    unlink(staged_.c_str());
    throw;
  }
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::move(other.path_)), staged_(std::exchange(other.staged_, {})) {}

StagedFile::~StagedFile() {
  if (!staged_.empty()) unlink(staged_.c_str());
}

void StagedFile::commit() {
  if (rename(staged_.c_str(), path_.c_str()) != 0) fail("replace", path_);
  staged_.clear();
  sync_directory(directory_of(path_));
}

void remove_staged(const std::string& path) { unlink(staged_path(path).c_str()); }

void replace_file(const std::string& path, std::string_view text, const FileAttributes& attributes) {
  StagedFile(path, text, attributes).commit();
}

void remove_file(const std::string& path) {
  if (unlink(path.c_str()) != 0) fail("remove", path);
  sync_directory(directory_of(path));
}

void make_directories(const std::string& path, mode_t mode) {
  for (auto slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const auto part = path.substr(0, slash);
    if (mkdir(part.c_str(), mode) != 0 && errno != EEXIST) fail("make the directory", part);
    if (slash == std::string::npos) return;
  }
}

void rename_within(const std::string& directory, const std::string& from, const std::string& to) {
  const auto path = directory + "/" + from;
  if (rename(path.c_str(), (directory + "/" + to).c_str()) != 0) fail("rename", path);
  sync_directory(directory);
}

void sync_directory(const std::string& directory) {
  const Fd opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || fsync(opened.get()) != 0) fail("write", directory);
}

}  // namespace kerneltour::posix
