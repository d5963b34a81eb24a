#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/checksums.hpp"
#include "kernels/mainline_version.hpp"

namespace kerneltour::kernels {

/// A package of the archive, by the name of its file: PACKAGE_VERSION_ARCHITECTURE.deb.
struct MainlineFile {
  std::string name;
  std::string package;
  std::string version;
  std::string architecture;  ///< as dpkg names it; "all"
  std::string sha256;        ///< in hexadecimal

  bool operator==(const MainlineFile&) const = default;
};

/// What a kernel is installed from. All packages have one version, and so are of one build.
struct MainlineBuild {
  std::string release;  ///< as `uname -r` will print it: "6.17.8-061708-generic"
  std::string version;  ///< of its packages: "6.17.8-061708.202511132042", where the build's time stands last
  MainlineFile image;
  std::optional<MainlineFile> modules;  ///< nullopt where the image has them: before about 4.16.4
  std::vector<MainlineFile> headers;  ///< those for all architectures and those for this one, or none at all
};

/// A build, or why there is none.
struct ChosenBuild {
  std::optional<MainlineBuild> build;
  std::string reason;  ///< a sentence's end, for where there is no build: "v6.17.8 has no image for arm64"
};

/// Of the builds of that version and architecture that CHECKSUMS lists, the newest one that is whole. Only
/// the flavour "generic" counts, and only packages of this very version: the signature under the sums of
/// another version is good, too.
ChosenBuild choose_build(const Checksums& sums, const MainlineVersion& version,
                         std::string_view architecture);

/// PACKAGE_VERSION_ARCHITECTURE.deb taken apart; nullopt where a name is none.
std::optional<MainlineFile> parse_deb_name(std::string_view name, std::string_view sha256);

}  // namespace kerneltour::kernels
