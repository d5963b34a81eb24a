#pragma once

#include <apt-pkg/cachefile.h>
#include <apt-pkg/depcache.h>
#include <apt-pkg/pkgcache.h>

namespace kerneltour::apt {

/// What a Cache has open. Only this folder sees it: it is libapt-pkg's own.
class OpenedCache {
 public:
  pkgCacheFile file;

  pkgDepCache& depends() { return *file.GetDepCache(); }
  pkgCache& packages() { return *file.GetPkgCache(); }
};

}  // namespace kerneltour::apt
