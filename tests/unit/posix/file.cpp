#include "posix/file.hpp"

#include <doctest/doctest.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "posix/fd.hpp"

using namespace kerneltour::posix;

namespace {

/// A directory of a test's own.
class Directory {
 public:
  Directory() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() { std::filesystem::remove_all(path_); }

  std::string operator/(const char* name) const { return path_ + "/" + name; }
  std::string with(const char* name, const std::string& text) const {
    std::ofstream(*this / name, std::ios::binary) << text;
    return *this / name;
  }

 private:
  std::string path_ = "/tmp/kerneltour-file-XXXXXX";
};

FileText read(const std::string& path, std::size_t limit = largest_text) {
  return read_file(AT_FDCWD, path.c_str(), limit);
}

}  // namespace

TEST_CASE("a file is read to its end, whatever its size") {
  const Directory directory;
  for (const std::size_t size : {0UL, 1UL, 4095UL, 4096UL, 4097UL, 300000UL}) {
    const std::string text(size, 'x');
    const FileText file = read(directory.with("text", text));
    CHECK(file.ok());
    CHECK(file.text == text);
    CHECK(file.failure.empty());
  }
}

TEST_CASE("bytes that are no text are read as they are") {
  const Directory directory;
  const std::string bytes("\0\xff\n\0", 4);
  CHECK(read(directory.with("bytes", bytes)).text == bytes);
}

TEST_CASE("a file of /proc, which says that it is empty, is read") {
  const FileText file = read("/proc/self/status");
  CHECK(file.ok());
  CHECK(file.text.starts_with("Name:"));
}

TEST_CASE("a path is relative to the directory") {
  const Directory directory;
  directory.with("name", "text");
  const Fd open_directory(open((directory / ".").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  CHECK(read_file(open_directory.get(), "name").text == "text");
  CHECK(read_file(open_directory.get(), "other").error == ENOENT);
}

TEST_CASE("a missing file has the system's reason") {
  const FileText file = read("/nonexistent/file");
  CHECK_FALSE(file.ok());
  CHECK(file.error == ENOENT);
  CHECK(file.failure == "No such file or directory");
}

TEST_CASE("a directory in a file's place is told") {
  const FileText file = read("/");
  CHECK(file.error == EISDIR);
  CHECK(file.failure == "is a directory");
}

TEST_CASE("a FIFO, a device and a socket are refused at once, not waited for") {
  const Directory directory;
  REQUIRE(mkfifo((directory / "fifo").c_str(), 0600) == 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (directory / "socket").copy(address.sun_path, sizeof address.sun_path - 1);
  const Fd socket_file(socket(AF_UNIX, SOCK_STREAM, 0));
  REQUIRE(bind(socket_file.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  for (const std::string& path : {directory / "fifo", std::string("/dev/zero"), directory / "socket"}) {
    CAPTURE(path);
    const FileText file = read(path);
    CHECK(file.error == ENXIO);
    CHECK(file.failure == "is not a regular file");
  }
}

TEST_CASE("an open FIFO is refused too, and stays the caller's") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const Fd reader(ends[0]);
  const Fd writer(ends[1]);
  CHECK(read_open_file(reader.get()).error == ENXIO);
  CHECK(fcntl(reader.get(), F_GETFD) >= 0);
}

TEST_CASE("a file larger than the limit is refused, one as large as it is read") {
  const Directory directory;
  const std::string path = directory.with("text", std::string(5000, 'x'));
  CHECK(read(path, 5000).text.size() == 5000);
  const FileText file = read(path, 4999);
  CHECK(file.error == EFBIG);
  CHECK(file.failure == "is larger than 4999 bytes");
  CHECK(file.text.empty());
}

TEST_CASE("a sparse file of 100 MB is refused without being read") {
  const Directory directory;
  const std::string path = directory.with("sparse", "");
  REQUIRE(truncate(path.c_str(), 100 << 20) == 0);
  const FileText file = read(path);
  CHECK(file.error == EFBIG);
  CHECK(file.failure == "is larger than 8 MiB");
}

TEST_CASE("a file of /proc larger than the limit is refused, though it says that it is empty") {
  CHECK(read("/proc/self/status", 10).error == EFBIG);
}

TEST_CASE("an unreadable file has the system's reason") {
  if (geteuid() == 0) {
    MESSAGE("skipped: root reads every file");
    return;
  }
  const Directory directory;
  const std::string path = directory.with("secret", "text");
  REQUIRE(chmod(path.c_str(), 0) == 0);
  CHECK(read(path).error == EACCES);
}
