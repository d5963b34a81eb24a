#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

/// The distribution, as os-release(5) names it. A field that is not there is empty.
struct OsRelease {
  std::string id;                 ///< "debian", "ubuntu"; "linux" where the file has none (os-release(5))
  std::string version;            ///< VERSION_ID: "12", "24.04"
  std::string pretty_name;        ///< "Debian GNU/Linux 12 (bookworm)"
  std::string codename;           ///< VERSION_CODENAME: "bookworm"
  std::vector<std::string> like;  ///< ID_LIKE, closest first
  /// Of a distribution made from another one, that one's release: UBUNTU_CODENAME, DEBIAN_CODENAME.
  std::string base_codename = {};

  /// Whether it is `name` or made from it.
  bool is_like(std::string_view name) const;
};

/// The release of Debian or Ubuntu that a host's packages come from.
struct BaseRelease {
  std::string_view distribution;  ///< "debian", "ubuntu"; empty where it is made from neither
  std::string version;            ///< "12", "24.04"; empty where it is not known
  bool newest = false;            ///< Debian's testing or unstable, which have no version
};

/// Ubuntu where it is or is made from it, though Ubuntu itself is made from Debian.
BaseRelease base_of(const OsRelease& os);

/// NAME=value lines with the shell's quoting, values cut at 200 bytes; lines that are none are ignored.
OsRelease parse_os_release(std::string_view text);

}  // namespace kerneltour::host
