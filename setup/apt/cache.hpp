#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apt/observer.hpp"
#include "apt/plan.hpp"
#include "apt/session.hpp"

namespace kerneltour::apt {

/// A version of a package that APT knows of.
struct Version {
  std::string package;
  std::string architecture;
  std::string version;
  std::string source;                ///< the source package: "linux-signed-amd64"
  std::string origin;                ///< "bookworm-backports"; empty where only dpkg knows of it
  std::vector<std::string> depends;  ///< names of the packages that its Depends and Pre-Depends name
  bool installed = false;            ///< this version is
  bool complete = false;             ///< and dpkg has done all of it
  bool candidate = false;            ///< it is what APT would install
};

class OpenedCache;

/// APT's lists and dpkg's status, opened. A plan is made in it, which the next one replaces.
class Cache {
 public:
  /// `indexes` are Packages files of our own (as a repository has them),
  /// with the packages beside them. With `locked` APT's and dpkg's locks are taken and held, for which root
  /// is needed; `observer` is told who has them meanwhile. Throws Error: with a half-written journal of
  /// dpkg's, it says what to type.
  Cache(const Session& session, const std::vector<std::string>& indexes, bool locked, Observer& observer);
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;
  ~Cache();

  /// All versions of the packages of the native architecture whose names begin so.
  std::vector<Version> versions(std::span<const std::string_view> prefixes) const;

  /// Resolves it, and changes nothing. Packages that are named become manually installed ones. Throws Error
  /// where a package or version that is named is not there.
  Plan plan(const Wish& wish);

  /// For the rest of this folder.
  OpenedCache& opened() { return *opened_; }

 private:
  std::unique_ptr<OpenedCache> opened_;
  bool marked_ = false;  // by an earlier plan
};

}  // namespace kerneltour::apt
