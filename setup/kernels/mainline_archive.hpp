#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apt/download.hpp"
#include "kernels/mainline_build.hpp"
#include "kernels/mainline_index.hpp"
#include "kernels/settings.hpp"

namespace kerneltour::kernels {

/// Root's cache of what was fetched from archives.
inline constexpr const char* mainline_cache = "/var/cache/kerneltour/mainline";

/// The SHA-256 of a file, in hexadecimal. Throws where it cannot be read.
using Sha256Of = std::function<std::string(const std::string& path)>;

/// A build of the archive, and where it lies.
struct ArchivedBuild {
  MainlineVersion version;
  MainlineBuild build;
  std::string url;        ///< of the folder with its files; ends in '/'
  std::string directory;  ///< in the cache, for its files; it is there
};

/// An archive of mainline kernels, like https://kernel.ubuntu.com/mainline/. What it says of a kernel counts
/// where the right key has signed it.
///
/// Whatever is killed leaves a cache that does no harm: what the archive may change (index, CHECKSUMS, its
/// signature) is fetched anew into files that are read only when they are whole, and packages have their
/// SHA-256.
class MainlineArchive {
 public:
  /// `cache` is a directory of ours, which is made where it is missing; each archive has its own in it.
  MainlineArchive(Settings settings, std::string cache, apt::Fetch fetch);

  /// What versions there are, oldest first, of an index that is an hour old at most: one request, or none.
  /// Whether they were built, and for which architecture, only build() knows. Throws std::runtime_error where
  /// the index names none, and what the fetching throws.
  std::vector<MainlineFolder> list() const;

  /// Has list() know what the archive has now.
  void refresh() const;

  /// The newest whole build of that version for an architecture, as dpkg names it. Throws std::runtime_error,
  /// which says why there is none that can be trusted: not built, not whole, not signed, not by the right
  /// key.
  ArchivedBuild build(const MainlineVersion& version, std::string_view architecture) const;

 private:
  std::string fetch_checksums(const MainlineVersion& version, std::string_view architecture,
                              const std::string& directory) const;
  std::string verified_checksums(const MainlineVersion& version, const std::string& directory,
                                 const std::string& keyring) const;
  void fetch_anew(const std::string& url, const std::string& path, const std::string& what) const;

  Settings settings_;
  std::string cache_;      ///< of all archives: the keys
  std::string directory_;  ///< of this archive
  apt::Fetch fetch_;
};

/// What to fetch for a build: the image, its modules, and the headers where they are wanted and there are
/// any.
std::vector<apt::Download> packages(const ArchivedBuild& archived, bool with_headers);

/// Demands of packages that were fetched that each is the one that was signed. Another one is removed, so
/// that it is fetched anew. Throws std::runtime_error, which names it.
void check_packages(const std::vector<apt::Download>& packages, const Sha256Of& sha256_of);

}  // namespace kerneltour::kernels
