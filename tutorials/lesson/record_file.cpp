#include "lesson/record_file.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iostream>
#include <stdexcept>

#include "posix/error.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::lesson {
namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw posix::SystemError("cannot write " + posix::printable(path), error);
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

void write_all(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

RecordFile::Form RecordFile::form_of(const std::string& path) {
  if (path.ends_with(".csv")) return csv_of;
  if (path.ends_with(".svg")) return svg_of;
  throw std::invalid_argument(
      fmt::format("--record: '{}' ends in neither .csv nor .svg", posix::printable(path)));
}

RecordFile::RecordFile(std::string path)
    : path_(std::move(path)),
      form_(form_of(path_)),
      name_(path_.substr(path_.rfind('/') + 1)),  // npos + 1 is 0
      staged_(fmt::format(".kerneltour-{}{}", getpid(), name_.substr(name_.size() - 4))),
      directory_(open(directory_of(path_).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (!directory_) fail(path_, errno);
  refuse_existing();
  stage();  // tried, because no question would tell of every reason
  unstage();
}

/// Anything of that name, and be it a symbolic link to nowhere.
void RecordFile::refuse_existing() const {
  struct stat status {};
  if (fstatat(directory_.get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
    throw std::runtime_error(posix::printable(path_) + " is there already, and stays as it is");
  if (errno != ENOENT) fail(path_, errno);
}

posix::Fd RecordFile::stage() const {
  constexpr mode_t mode = 0666;  // less the umask
  posix::Fd file(
      openat(directory_.get(), staged_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) fail(path_, errno);
  return file;
}

void RecordFile::unstage() const { unlinkat(directory_.get(), staged_.c_str(), 0); }

void RecordFile::take_place() const {
  const int directory = directory_.get();
  if (renameat2(directory, staged_.c_str(), directory, name_.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno == EEXIST) refuse_existing();
  if (errno != EINVAL) fail(path_, errno);
  refuse_existing();  // NFS and 9p know no RENAME_NOREPLACE: as near as can be
  if (renameat(directory, staged_.c_str(), directory, name_.c_str()) != 0) fail(path_, errno);
}

void RecordFile::write(const Recording& recording) const {
  const auto file = stage();
  try {
    write_all(file.get(), form_(recording), path_);
    if (fsync(file.get()) != 0) fail(path_, errno);
    take_place();
  } catch (...) {
    unstage();
    throw;
  }
}

bool keep(const Recording& recording, const std::vector<RecordFile>& files) {
  bool kept = true;
  for (const auto& file : files) {
    if (recording.steps().empty()) {
      std::cerr << fmt::format("kerneltour: nothing was measured over time, and {} was not written\n",
                               posix::printable(file.path()));
      continue;
    }
    try {
      file.write(recording);
      std::cerr << fmt::format("kerneltour: what was measured over time is in {}\n",
                               posix::printable(file.path()));
    } catch (const std::runtime_error& error) {
      std::cerr << "kerneltour: " << error.what() << '\n';
      kept = false;
    }
  }
  return kept;
}

}  // namespace kerneltour::lesson
