#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace kerneltour::posix {

/// The system refused: what was being done, to what, and errno(3) with its text.
class SystemError : public std::runtime_error {
 public:
  /// `doing` is the first half of the sentence: "cannot open /etc/passwd".
  SystemError(std::string_view doing, int error);
  int error() const { return error_; }

 private:
  int error_;
};

/// "No such file or directory" for ENOENT: strerror(3), safe between threads.
std::string error_text(int error);

/// "ENOENT": strerrorname_np(3), or the number where it has no name.
std::string error_name(int error);

}  // namespace kerneltour::posix
