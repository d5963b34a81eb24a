#include "host/reader.hpp"

#include <cerrno>

#include "posix/error.hpp"

namespace kerneltour::host {

posix::FileText Reader::read(About about, const std::string& path) {
  auto file = host_.read(path);
  note(about, path, file.error, file.failure);
  return file;
}

std::vector<std::string> Reader::list(About about, const std::string& directory) {
  int error = 0;
  auto names = host_.list(directory, &error);
  note(about, directory, error, posix::error_text(error));
  return names;
}

void Reader::note(About about, const std::string& path, int error, const std::string& reason) {
  if (error == 0 || error == ENOENT || error == ENOTDIR) return;
  unreadable_.push_back({about, path, reason});
}

}  // namespace kerneltour::host
