#include "apt/download_folder.hpp"

#include <apt-pkg/configuration.h>
#include <unistd.h>

#include "posix/atomic_file.hpp"

namespace kerneltour::apt {
namespace {

constexpr const char* setting = "Dir::Cache::Archives";

}  // namespace

DownloadFolder::DownloadFolder(std::string directory)
    : directory_(std::move(directory)), before_(_config->Find(setting)) {
  // APT makes it in its own cache alone.
  posix::make_directories(directory_ + "/partial", 0700);
  _config->Set(setting, directory_ + "/");
}

DownloadFolder::~DownloadFolder() {
  _config->Set(setting, before_);
  rmdir((directory_ + "/partial").c_str());
  unlink((directory_ + "/lock").c_str());
}

}  // namespace kerneltour::apt
