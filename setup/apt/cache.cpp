#include "apt/cache.hpp"

#include <apt-pkg/cachefile.h>
#include <apt-pkg/depcache.h>
#include <apt-pkg/pkgrecords.h>
#include <apt-pkg/pkgsystem.h>
#include <apt-pkg/progress.h>
#include <apt-pkg/sourcelist.h>

#include <algorithm>

#include "apt/messages.hpp"
#include "apt/opened_cache.hpp"

namespace kerneltour::apt {
namespace {

/// Says who has a lock. libapt-pkg waits for locks only where there is somebody to tell
/// (apt-pkg/deb/debsystem.cc: debSystem::Lock).
class Waiting : public OpProgress {
 public:
  explicit Waiting(Observer& observer) : observer_(observer) {}

  /// Who has the lock that was waited for last: "Could not get lock /var/lib/dpkg/lock. It is held by process
  /// 412 (apt-get)". Once the time is up, libapt-pkg's error says that no more. Empty where there was none.
  std::string held() const { return said_.substr(said_.find(introduction) == 0 ? introduction.size() : 0); }

 protected:
  void Update() override {
    if (Op == said_ || Op.find("lock") == Op.npos) return;
    said_ = Op;
    observer_.waiting(Op);
  }

 private:
  static constexpr std::string_view introduction = "Waiting for cache lock: ";

  Observer& observer_;
  std::string said_;
};

std::string origin_of(const pkgCache::VerIterator& version) {
  for (auto file = version.FileList(); !file.end(); ++file) {
    const auto source = file.File();
    if (source.Flagged(pkgCache::Flag::NotSource)) continue;
    if (source.Flagged(pkgCache::Flag::LocalSource)) return "local files";
    if (source.Archive()) return source.Archive();
    return source.Codename() ? source.Codename() : "local files";
  }
  return {};
}

std::vector<std::string> depends_of(const pkgCache::VerIterator& version) {
  std::vector<std::string> names;
  for (auto dependency = version.DependsList(); !dependency.end(); ++dependency) {
    if (dependency->Type == pkgCache::Dep::Depends || dependency->Type == pkgCache::Dep::PreDepends)
      names.emplace_back(dependency.TargetPkg().Name());
  }
  return names;
}

Version describe(const pkgCache::PkgIterator& package, const pkgCache::VerIterator& version,
                 pkgDepCache& depends) {
  const bool installed = is_same(package.CurrentVer(), version);
  return {.package = package.Name(),
          .architecture = version.Arch(),
          .version = version.VerStr(),
          .source = version.SourcePkgName(),
          .origin = origin_of(version),
          .depends = depends_of(version),
          .installed = installed,
          .complete = installed && package->CurrentState == pkgCache::State::Installed,
          .candidate = is_same(depends[package].CandidateVerIter(depends), version)};
}

bool begins_with_one_of(std::string_view name, std::span<const std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// dpkg's own words name the command that helps, but not that nothing has happened.
void open(OpenedCache& opened, bool locked, Observer& observer) {
  Waiting waiting(observer);
  if (!opened.file.Open(&waiting, locked)) {
    const auto held = waiting.held();
    fail(held.empty() ? "APT cannot work now" : held);
  }
  take_messages();  // warnings: about sources that are configured twice, and the like
}

}  // namespace

Cache::Cache(const Session&, const std::vector<std::string>& indexes, bool locked, Observer& observer)
    : opened_(std::make_unique<OpenedCache>()) {
  take_messages();
  opened_->file.InhibitActionGroups(true);
  if (!opened_->file.BuildSourceList()) fail("cannot read APT's list of sources");
  for (const auto& index : indexes) {
    if (!opened_->file.GetSourceList()->AddVolatileFile(index)) fail("cannot read " + index);
  }
  open(*opened_, locked, observer);
}

Cache::~Cache() = default;

std::vector<Version> Cache::versions(std::span<const std::string_view> prefixes) const {
  auto& depends = opened_->depends();
  std::vector<Version> versions;
  for (auto group = opened_->packages().GrpBegin(); !group.end(); ++group) {
    if (!begins_with_one_of(group.Name(), prefixes)) continue;
    const auto package = group.FindPkg("native");
    if (package.end()) continue;
    for (auto version = package.VersionList(); !version.end(); ++version)
      versions.push_back(describe(package, version, depends));
  }
  return versions;
}

}  // namespace kerneltour::apt
