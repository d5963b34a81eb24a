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

QueuedArchives::QueuedArchives(OpenedCache& opened)
    : manager(_system->CreatePM(opened.file.GetDepCache())), records_(opened.packages()) {
  if (!manager->GetArchives(&fetcher, opened.file.GetSourceList(), &records_))
    fail("APT cannot tell where the packages are");
}

void QueuedArchives::lock() {
  if (!fetcher.GetLock(_config->FindDir("Dir::Cache::Archives")))
    fail("cannot use APT's folder for packages");
}

Archives::Archives(Cache& cache) : cache_(cache) {
  take_messages();
  queued_ = std::make_unique<QueuedArchives>(cache.opened());
  take_messages();
}

Archives::~Archives() = default;

std::uint64_t Archives::bytes_to_fetch() const {
  auto& fetcher = queued_->fetcher;
  return fetcher.FetchNeeded() - fetcher.PartialPresent();
}

std::vector<Archive> Archives::fetch(Observer& observer) {
  take_messages();
  AcquireStatus status(observer);
  auto& fetcher = queued_->fetcher;
  fetcher.SetLog(&status);
  queued_->lock();
  refuse_untrusted(fetcher);
  acquire_all(fetcher);
  fetcher.SetLog(nullptr);
  std::vector<Archive> archives;
  auto& depends = cache_.opened().depends();
  for (auto item = fetcher.ItemsBegin(); item != fetcher.ItemsEnd(); ++item) {
    const auto* archive = dynamic_cast<pkgAcqArchive*>(*item);
    if (!archive) continue;
    const auto& description = (*item)->GetItemDesc();
    archives.push_back({description.ShortDesc, {}, (*item)->DestFile});
  }
  for (auto& archive : archives) {
    const auto package = cache_.opened().packages().FindPkg(archive.package);
    if (!package.end()) {
      const auto version = depends[package].InstVerIter(depends);
      if (!version.end()) archive.version = version.VerStr();
    }
  }
  return archives;
}

}  // namespace kerneltour::apt
