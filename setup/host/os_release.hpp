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

  /// Whether it is `name` or made from it.
  bool is_like(std::string_view name) const;
};

/// NAME=value lines with the shell's quoting; lines that are none are ignored.
OsRelease parse_os_release(std::string_view text);

}  // namespace kerneltour::host
