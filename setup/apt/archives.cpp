#include "apt/archives.hpp"

#include <apt-pkg/acquire-item.h>
#include <apt-pkg/configuration.h>
#include <apt-pkg/pkgsystem.h>
#include <fmt/format.h>

#include "apt/acquire.hpp"
#include "apt/messages.hpp"
#include "apt/queued_archives.hpp"

namespace kerneltour::apt {
namespace {

/// As apt(8) does it without --allow-unauthenticated.
void refuse_untrusted(pkgAcquire& fetcher) {
  for (auto item = fetcher.ItemsBegin(); item != fetcher.ItemsEnd(); ++item) {
    if (!(*item)->IsTrusted())
      throw Error(fmt::format("{} comes from a source that is not signed, so that nobody can tell what it is",
                              (*item)->ShortDesc()));
  }
}

}  // namespace

QueuedArchives::QueuedArchives(OpenedCache& opened, pkgAcquireStatus* status, bool locked)
    : fetcher(status), manager(_system->CreatePM(opened.file.GetDepCache())), records_(opened.packages()) {
  if (locked && !fetcher.GetLock(_config->FindDir("Dir::Cache::Archives")))
    fail("cannot use APT's folder for packages");
  if (!manager->GetArchives(&fetcher, opened.file.GetSourceList(), &records_))
    fail("APT cannot tell where the packages are");
}

std::uint64_t bytes_to_fetch(Cache& cache) {
  take_messages();
  QueuedArchives queued(cache.opened(), nullptr, false);
  const auto bytes = queued.fetcher.FetchNeeded() - queued.fetcher.PartialPresent();
  take_messages();
  return bytes;
}

std::vector<Archive> fetch_archives(Cache& cache, Observer& observer) {
  take_messages();
  AcquireStatus status(observer);
  QueuedArchives queued(cache.opened(), &status, true);
  refuse_untrusted(queued.fetcher);
  acquire_all(queued.fetcher);
  std::vector<Archive> archives;
  auto& depends = cache.opened().depends();
  for (auto item = queued.fetcher.ItemsBegin(); item != queued.fetcher.ItemsEnd(); ++item) {
    const auto* archive = dynamic_cast<pkgAcqArchive*>(*item);
    if (!archive) continue;
    const auto& description = (*item)->GetItemDesc();
    archives.push_back({description.ShortDesc, {}, (*item)->DestFile});
  }
  for (auto& archive : archives) {
    const auto package = cache.opened().packages().FindPkg(archive.package);
    if (!package.end()) {
      const auto version = depends[package].InstVerIter(depends);
      if (!version.end()) archive.version = version.VerStr();
    }
  }
  return archives;
}

}  // namespace kerneltour::apt
