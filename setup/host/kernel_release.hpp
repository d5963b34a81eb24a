#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::host {

/// Linux's own version number; a patch level that is left out is 0.
struct KernelVersion {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;

  auto operator<=>(const KernelVersion&) const = default;
};

/// Who built a kernel, told from the form of its release.
enum class KernelOrigin {
  debian,           ///< 6.1.0-56-amd64, 6.12.9+bpo-amd64
  ubuntu,           ///< 6.8.0-45-generic
  ubuntu_mainline,  ///< 6.17.8-061708-generic, 6.17.0-061700rc6-generic
  wsl,              ///< 5.15.153.1-microsoft-standard-WSL2
  other,            ///< anything else: 6.18.44, 6.6.0-rc1, 4.18.0-553.el8.x86_64
};

/// A kernel's release, as `uname -r` prints it (uname(2)), taken apart.
struct KernelRelease {
  std::string text;
  KernelVersion version;
  std::optional<unsigned> candidate;  ///< N of an -rcN
  KernelOrigin origin = KernelOrigin::other;
  std::string flavour;  ///< "amd64", "cloud-amd64", "generic", "aws"; empty where the form has none

  /// Whether it is that version or newer. A release candidate counts as its release: features enter
  /// Linux before the first candidate.
  bool at_least(KernelVersion other) const { return version >= other; }
};

/// nullopt where the text does not begin with MAJOR.MINOR. White space around it is ignored. At most 64
/// characters (uname(2): __NEW_UTS_LEN); longer text is nullopt, and so is text with blanks, control
/// characters or "/" in it: a release becomes part of file names.
std::optional<KernelRelease> parse_kernel_release(std::string_view text);

/// "4.20", or nullopt: for comparing with the `since` of a feature.
std::optional<KernelVersion> parse_kernel_version(std::string_view text);

}  // namespace kerneltour::host
