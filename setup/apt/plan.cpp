#include "apt/plan.hpp"

#include <apt-pkg/algorithms.h>
#include <apt-pkg/depcache.h>
#include <apt-pkg/indexfile.h>
#include <apt-pkg/pkgrecords.h>
#include <apt-pkg/pkgsystem.h>
#include <apt-pkg/sourcelist.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apt/cache.hpp"
#include "apt/explain.hpp"
#include "apt/messages.hpp"
#include "apt/opened_cache.hpp"

namespace kerneltour::apt {
namespace {

using PkgIterator = pkgCache::PkgIterator;
using VerIterator = pkgCache::VerIterator;

constexpr std::string_view actions[] = {"install", "upgrade", "downgrade", "reinstall",
                                        "remove",  "purge",   "configure"};

PkgIterator find_package(OpenedCache& opened, const std::string& name) {
  const auto package = opened.packages().FindPkg(name);
  if (package.end() || (package.VersionList().end() && package.ProvidesList().end()))
    throw Error(
        fmt::format("APT knows no package {}: type apt-get update, and see whether it finds one", name));
  return package;
}

VerIterator find_version(OpenedCache& opened, const PkgIterator& package, const Wanted& wanted) {
  if (wanted.version.empty()) {
    const auto candidate = opened.depends()[package].CandidateVerIter(opened.depends());
    if (candidate.end()) throw Error(fmt::format("no source of APT's here has {}", wanted.package));
    return candidate;
  }
  for (auto version = package.VersionList(); !version.end(); ++version)
    if (wanted.version == version.VerStr()) return version;
  throw Error(fmt::format("no source of APT's here has {} {}", wanted.package, wanted.version));
}

/// The archive that a version comes from, for those of its dependencies that only that one has: backports.
std::string archive_of(const VerIterator& version) {
  for (auto file = version.FileList(); !file.end(); ++file) {
    const auto source = file.File();
    if (!source.Flagged(pkgCache::Flag::NotSource) && source.Archive()) return source.Archive();
  }
  return {};
}

void choose_version(OpenedCache& opened, const VerIterator& version) {
  auto& depends = opened.depends();
  const auto package = version.ParentPkg();
  if (is_same(depends[package].CandidateVerIter(depends), version)) return;
  depends.SetCandidateVersion(version);
  std::list<std::pair<VerIterator, VerIterator>> changed;
  if (const auto archive = archive_of(version); !archive.empty())
    depends.SetCandidateRelease(version, archive, changed);
}

/// First all that is named, then what it needs: so the solver knows all that it may not touch.
void mark(OpenedCache& opened, const Wish& wish) {
  auto& depends = opened.depends();
  pkgDepCache::ActionGroup group(depends);
  pkgProblemResolver resolver(&depends);
  const auto named = [&](const PkgIterator& package) {
    resolver.Clear(package);
    resolver.Protect(package);
  };
  std::vector<PkgIterator> installed;
  for (const auto& wanted : wish.install) {
    auto package = find_package(opened, wanted.package);
    choose_version(opened, find_version(opened, package, wanted));
    named(package);
    depends.MarkInstall(package, false);
    depends.MarkAuto(package, false);
    installed.push_back(package);
  }
  for (const auto& name : wish.purge) {
    const auto package = find_package(opened, name);
    resolver.Clear(package);
    resolver.Remove(package);
    resolver.Protect(package);
    depends.MarkDelete(package, true);
  }
  for (const auto& package : installed) depends.MarkInstall(package, true);
  resolver.Resolve(true);
  take_messages();  // in the words of whatever solver this is; explain_broken() has ours
}

Step::Action action_of(const PkgIterator& package, const pkgDepCache::StateCache& state) {
  using Action = Step::Action;
  if (state.Delete()) return (state.iFlags & pkgDepCache::Purge) != 0 ? Action::purge : Action::remove;
  if (state.NewInstall()) return Action::install;
  if (state.Upgrade()) return Action::upgrade;
  if (state.Downgrade()) return Action::downgrade;
  if ((state.iFlags & pkgDepCache::ReInstall) != 0) return Action::reinstall;
  return package.State() == PkgIterator::NeedsUnpack ? Action::reinstall : Action::configure;
}

bool is_step(const PkgIterator& package, const pkgDepCache::StateCache& state) {
  if (state.Delete()) return !package.CurrentVer().end();
  return state.Install() || (state.iFlags & pkgDepCache::ReInstall) != 0;
}

bool is_trusted(OpenedCache& opened, const VerIterator& version) {
  for (auto file = version.FileList(); !file.end(); ++file) {
    if (file.File().Flagged(pkgCache::Flag::NotSource)) continue;
    pkgIndexFile* index = nullptr;
    if (opened.file.GetSourceList()->FindIndex(file.File(), index) && index->IsTrusted()) return true;
  }
  return false;
}

std::string origin_of(const VerIterator& version) {
  const auto archive = archive_of(version);
  return archive.empty() ? "local files" : archive;
}

std::int64_t installed_size(const VerIterator& version) {
  return version.end() ? 0 : static_cast<std::int64_t>(version->InstalledSize);
}

Step step_of(OpenedCache& opened, const PkgIterator& package) {
  auto& depends = opened.depends();
  auto& state = depends[package];
  const auto now = package.CurrentVer();
  Step step;
  step.action = action_of(package, state);
  step.package = package.Name();
  step.architecture = package.Arch();
  if (!now.end()) step.from = now.VerStr();
  const auto then = state.InstVerIter(depends);
  if (!then.end() && !state.Delete()) {
    step.to = then.VerStr();
    step.origin = origin_of(then);
    step.download = then->Size;
    step.trusted = is_trusted(opened, then);
  }
  step.disk = (state.Delete() ? 0 : installed_size(then)) - installed_size(now);
  step.automatic = (state.Flags & pkgCache::Flag::Auto) != 0;
  return step;
}

/// What dpkg has begun and not ended; triggers that wait are nothing of that kind.
bool is_unfinished(const PkgIterator& package) {
  switch (package->CurrentState) {
    case pkgCache::State::UnPacked:
    case pkgCache::State::HalfConfigured:
    case pkgCache::State::HalfInstalled:
      return true;
    default:
      return package->InstState == pkgCache::State::ReInstReq ||
             package->InstState == pkgCache::State::HoldReInstReq;
  }
}

}  // namespace

std::string_view name_of(Step::Action action) { return actions[static_cast<std::size_t>(action)]; }

Plan Cache::plan(const Wish& wish) {
  auto& depends = opened_->depends();
  if (std::exchange(marked_, true)) depends.Init(nullptr);
  mark(*opened_, wish);
  Plan plan;
  for (auto package = opened_->packages().PkgBegin(); !package.end(); ++package) {
    if (is_step(package, depends[package])) plan.steps.push_back(step_of(*opened_, package));
    if (is_unfinished(package)) plan.unfinished.emplace_back(package.Name());
  }
  const auto by_name = [](const Step& a, const Step& b) { return a.package < b.package; };
  std::sort(plan.steps.begin(), plan.steps.end(), by_name);
  std::sort(plan.unfinished.begin(), plan.unfinished.end());
  for (const auto& step : plan.steps) plan.disk += step.disk;
  if (depends.BrokenCount() != 0) plan.broken = explain_broken(*opened_);
  return plan;
}

}  // namespace kerneltour::apt
