#include "posix/atomic_file.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "posix/error.hpp"
#include "posix/fd.hpp"

namespace kerneltour::posix {
namespace {

[[noreturn]] void fail(std::string_view doing, const std::string& path) {
  const int error = errno;
  throw SystemError(fmt::format("cannot {} {}", doing, path), error);
}

/// A file that is removed again unless it is kept.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& beside) : path_(beside + ".XXXXXX") {
    file_ = Fd(mkostemp(path_.data(), O_CLOEXEC));
    if (!file_) fail("write beside", beside);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!kept_) unlink(path_.c_str());
  }

  void write_all(std::string_view text, mode_t mode) const {
    while (!text.empty()) {
      const auto written = write(file_.get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("write", path_);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (fchmod(file_.get(), mode) != 0 || fsync(file_.get()) != 0) fail("write", path_);
  }
  void become(const std::string& path) {
    if (rename(path_.c_str(), path.c_str()) != 0) fail("replace", path);
    kept_ = true;
  }

 private:
  std::string path_;
  Fd file_;
  bool kept_ = false;
};

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

void replace_file(const std::string& path, std::string_view text, mode_t mode) {
  TemporaryFile file(path);
  file.write_all(text, mode);
  file.become(path);
  const auto directory = directory_of(path);
  const Fd opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || fsync(opened.get()) != 0) fail("write", directory);
}

void make_directories(const std::string& path, mode_t mode) {
  for (auto slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const auto part = path.substr(0, slash);
    if (mkdir(part.c_str(), mode) != 0 && errno != EEXIST) fail("make the directory", part);
    if (slash == std::string::npos) return;
  }
}

}  // namespace kerneltour::posix
