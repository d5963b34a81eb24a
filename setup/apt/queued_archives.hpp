#pragma once

#include <apt-pkg/acquire.h>
#include <apt-pkg/packagemanager.h>
#include <apt-pkg/pkgrecords.h>

#include <memory>

#include "apt/opened_cache.hpp"

namespace kerneltour::apt {

/// The packages of a plan, as libapt-pkg's downloader and its package manager have them. Only this folder
/// sees it.
class QueuedArchives {
 public:
  /// Throws Error. To fetch them takes lock() and a status of the fetcher's.
  explicit QueuedArchives(OpenedCache& opened);

  /// Nobody else fetches into APT's folder from here on. Throws Error.
  void lock();

  pkgAcquire fetcher;
  std::unique_ptr<pkgPackageManager> manager;

 private:
  pkgRecords records_;
};

}  // namespace kerneltour::apt
