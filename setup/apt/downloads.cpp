#include "apt/downloads.hpp"

#include <apt-pkg/acquire-item.h>
#include <apt-pkg/acquire.h>
#include <apt-pkg/hashes.h>
#include <unistd.h>

#include "apt/acquire.hpp"
#include "apt/messages.hpp"

namespace kerneltour::apt {
namespace {

HashStringList hashes_of(const Download& download) {
  HashStringList hashes;
  if (!download.sha256.empty()) hashes.push_back(HashString("SHA256", download.sha256));
  return hashes;
}

void fetch(const std::vector<Download>& downloads, Observer& observer) {
  take_messages();
  AcquireStatus status(observer);
  pkgAcquire fetcher(&status);
  for (const auto& download : downloads) {
    if (download.sha256.empty()) unlink(download.path.c_str());
    // pkgAcquire owns its items.
    new pkgAcqFile(&fetcher, download.url, hashes_of(download), download.size, download.what, download.what,
                   "", download.path);
  }
  acquire_all(fetcher);
}

}  // namespace

Fetch fetch_by_apt(const Session&, Observer& observer) {
  return [&observer](const std::vector<Download>& downloads) { fetch(downloads, observer); };
}

}  // namespace kerneltour::apt
