#pragma once

#include <string>

namespace kerneltour::apt {

/// As long as this object lives, packages are fetched into this directory in place of APT's own folder, and
/// who may write there needs not be root. What APT has there for itself goes with the object; a part of a
/// package stays, to be gone on with.
class DownloadFolder {
 public:
  /// `directory` is absolute, and there. Throws posix::SystemError.
  explicit DownloadFolder(std::string directory);
  DownloadFolder(const DownloadFolder&) = delete;
  DownloadFolder& operator=(const DownloadFolder&) = delete;
  ~DownloadFolder();

 private:
  std::string directory_;
  std::string before_;
};

}  // namespace kerneltour::apt
