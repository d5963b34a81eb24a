#include "apt/explain.hpp"

#include <fmt/format.h>

#include "apt/opened_cache.hpp"

namespace kerneltour::apt {
namespace {

using DepIterator = pkgCache::DepIterator;
using PkgIterator = pkgCache::PkgIterator;

bool is_against(const DepIterator& dependency) {
  return dependency->Type == pkgCache::Dep::Conflicts || dependency->Type == pkgCache::Dep::DpkgBreaks;
}

/// "libc6 (>= 2.38)"
std::string wanted(const DepIterator& dependency) {
  std::string text = dependency.TargetPkg().Name();
  if (dependency.TargetVer()) text += fmt::format(" ({} {})", dependency.CompType(), dependency.TargetVer());
  return text;
}

/// What there is instead: what will be installed, what could be, or nothing.
std::string instead(OpenedCache& opened, const PkgIterator& target) {
  auto& depends = opened.depends();
  const auto will_be = depends[target].InstVerIter(depends);
  if (!will_be.end()) return fmt::format("{} is {}", target.Name(), will_be.VerStr());
  const auto could_be = depends[target].CandidateVerIter(depends);
  if (!could_be.end()) return fmt::format("{} {} would not be installed", target.Name(), could_be.VerStr());
  if (target.ProvidesList().end()) return fmt::format("no source of APT's here has {}", target.Name());
  return fmt::format("nothing that provides {} would be installed", target.Name());
}

std::string sentence_against(const PkgIterator& package, const DepIterator& dependency, OpenedCache& opened) {
  return fmt::format("{} cannot be installed together with {}, and {}", package.Name(), wanted(dependency),
                     instead(opened, dependency.TargetPkg()));
}

/// All alternatives of an or-group, which ends with `last`.
std::string sentence_for(const PkgIterator& package, DepIterator first, const DepIterator& last,
                         OpenedCache& opened) {
  std::string wants;
  std::string has;
  for (;; ++first) {
    wants += (wants.empty() ? "" : " or ") + wanted(first);
    has += (has.empty() ? "" : ", ") + instead(opened, first.TargetPkg());
    if (is_same(first, last)) break;
  }
  return fmt::format("{} needs {}, and {}", package.Name(), wants, has);
}

void explain(OpenedCache& opened, const PkgIterator& package, std::vector<std::string>& sentences) {
  auto& depends = opened.depends();
  const auto version = depends[package].InstVerIter(depends);
  if (version.end()) return;
  for (auto dependency = version.DependsList(); !dependency.end();) {
    DepIterator first;
    DepIterator last;
    dependency.GlobOr(first, last);
    if (!depends.IsImportantDep(last) || (depends[last] & pkgDepCache::DepGInstall) != 0) continue;
    sentences.push_back(is_against(last) ? sentence_against(package, last, opened)
                                         : sentence_for(package, first, last, opened));
  }
}

}  // namespace

std::vector<std::string> explain_broken(OpenedCache& opened) {
  std::vector<std::string> sentences;
  auto& packages = opened.packages();
  for (auto package = packages.PkgBegin(); !package.end(); ++package) {
    if (opened.depends()[package].InstBroken()) explain(opened, package, sentences);
  }
  return sentences;
}

}  // namespace kerneltour::apt
