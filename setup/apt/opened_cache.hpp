#pragma once

#include <apt-pkg/cachefile.h>
#include <apt-pkg/depcache.h>
#include <apt-pkg/pkgcache.h>

namespace kerneltour::apt {

/// Whether both are the same entry of the cache. The iterators' own operator== is one of two that C++20 may take.
template <class Iterator>
bool is_same(const Iterator& a, const Iterator& b) {
  return a.Index() == b.Index();
}

/// What a Cache has open. Only this folder sees it: it is libapt-pkg's own.
class OpenedCache {
 public:
  pkgCacheFile file;

  pkgDepCache& depends() { return *file.GetDepCache(); }
  pkgCache& packages() { return *file.GetPkgCache(); }
};

}  // namespace kerneltour::apt
