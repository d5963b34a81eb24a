#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "host/kernel_release.hpp"

namespace kerneltour::kernels {

/// A version of Linux as the mainline archive names its folders: v6.9, v6.9.3, v6.10-rc1.
struct MainlineVersion {
  host::KernelVersion number;
  std::optional<unsigned> candidate = std::nullopt;  ///< N of an -rcN

  bool operator==(const MainlineVersion&) const = default;
  /// A candidate comes before its release.
  std::strong_ordering operator<=>(const MainlineVersion& other) const;

  /// As host::KernelRelease has it: a release candidate counts as its release.
  bool at_least(host::KernelVersion other) const { return number >= other; }
};

/// "6.9", "v6.9.3", "6.10-rc1"; nullopt where it is anything else.
std::optional<MainlineVersion> parse_mainline_version(std::string_view text);

/// The folder of the archive: "v6.9" of 6.9.0, "v6.10-rc1".
std::string folder_of(const MainlineVersion& version);

}  // namespace kerneltour::kernels
