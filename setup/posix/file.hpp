#pragma once

#include <cstddef>
#include <string>

namespace kerneltour::posix {

/// What reading a file gave: its whole text, or why there is none.
struct FileText {
  std::string text;
  int error = 0;        ///< errno; 0 when `text` is the whole file
  std::string failure;  ///< the reason in words, empty when error is 0: "is a directory"

  bool ok() const { return error == 0; }
  static FileText failed(int error);                       ///< `failure` is error_text(error)
  static FileText failed(int error, std::string failure);  ///< in our own words
};

/// More than any text this program reads: a kernel's configuration is 300 KB.
inline constexpr std::size_t largest_text = 8 << 20;

/// Reads the regular file `path` (relative to `directory`, as openat(2) takes it) to its end.
/// Never blocks and never reads more than `limit` bytes: a FIFO, device or socket is ENXIO ("is not a
/// regular file"), a directory EISDIR, a longer file EFBIG ("is larger than 8 MiB").
FileText read_file(int directory, const char* path, std::size_t limit = largest_text);

/// The same for a descriptor that is already open. The descriptor stays the caller's.
FileText read_open_file(int file, std::size_t limit = largest_text);

}  // namespace kerneltour::posix
