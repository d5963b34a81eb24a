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
  /// Throws Error. `status` may be nullptr where nothing is fetched.
  QueuedArchives(OpenedCache& opened, pkgAcquireStatus* status, bool locked);

  pkgAcquire fetcher;
  std::unique_ptr<pkgPackageManager> manager;

 private:
  pkgRecords records_;
};

}  // namespace kerneltour::apt
