#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernels/mainline_version.hpp"

namespace kerneltour::kernels {

/// A folder of the mainline archive.
struct MainlineFolder {
  MainlineVersion version;
  std::string changed;  ///< when, by the server's clock: "2024-05-12 22:23"; empty where it does not say

  bool operator==(const MainlineFolder&) const = default;
};

/// The folders that the archive's index page links to, each once, oldest version first. The page is what
/// Apache's mod_autoindex makes of a directory, with or without a table.
///
/// Nobody has signed that page: of a link only the version counts that its last part is. Links to anything
/// else are ignored: "daily/", "v4.4.10-xenial/", "v5.12-rc1-dontuse/".
std::vector<MainlineFolder> parse_mainline_index(std::string_view html);

}  // namespace kerneltour::kernels
