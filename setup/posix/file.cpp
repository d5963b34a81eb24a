#include "posix/file.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "posix/error.hpp"
#include "posix/fd.hpp"

namespace kerneltour::posix {
namespace {

constexpr std::size_t first_read = 4096;  // /proc's files say that they have 0 bytes

FileText too_large(std::size_t limit) {
  constexpr std::size_t mebibyte = 1 << 20;
  if (limit % mebibyte == 0)
    return FileText::failed(EFBIG, fmt::format("is larger than {} MiB", limit / mebibyte));
  return FileText::failed(EFBIG, fmt::format("is larger than {} bytes", limit));
}

/// Why a file of this type is not read; 0 for a regular one.
int refusal_of(mode_t mode) {
  if (S_ISREG(mode)) return 0;
  return S_ISDIR(mode) ? EISDIR : ENXIO;
}

FileText refused(int error) {
  return FileText::failed(error, error == EISDIR ? "is a directory" : "is not a regular file");
}

}  // namespace

FileText FileText::failed(int error) { return failed(error, error_text(error)); }

FileText FileText::failed(int error, std::string failure) { return {{}, error, std::move(failure)}; }

FileText read_file(int directory, const char* path, std::size_t limit) {
  // Looked at before it is opened: opening is an act for a FIFO (its writer wakes) and for many devices.
  struct stat status;
  if (fstatat(directory, path, &status, 0) != 0) return FileText::failed(errno);
  if (int error = refusal_of(status.st_mode)) return refused(error);

  const Fd file(openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return FileText::failed(errno);
  return read_open_file(file.get(), limit);
}

FileText read_open_file(int file, std::size_t limit) {
  struct stat status;
  if (fstat(file, &status) != 0) return FileText::failed(errno);
  if (int error = refusal_of(status.st_mode)) return refused(error);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > limit) return too_large(limit);

  FileText result;
  std::size_t length = 0;
  // One byte more than the size, so that the read that finds the end needs no larger buffer.
  result.text.resize(std::max(size + 1, first_read));
  for (;;) {
    if (length == result.text.size()) result.text.resize(2 * length);
    const ssize_t got = read(file, result.text.data() + length, result.text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileText::failed(errno);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
    if (length > limit) return too_large(limit);
  }
  result.text.resize(length);
  return result;
}

}  // namespace kerneltour::posix
