#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/kernel_release.hpp"

namespace kerneltour::kernels {

/// Where a kernel comes from.
enum class Source {
  apt,        ///< a source of APT's
  mainline,   ///< the archive of mainline builds
  file,       ///< a package's file that was named
  installed,  ///< it is on the host, and nowhere else
};

/// "apt"
std::string_view name_of(Source source);
std::optional<Source> parse_source(std::string_view name);

/// A kernel that is on the host, or could be.
struct Kernel {
  host::KernelRelease release;  ///< as uname -r prints it when it runs; for a mainline kernel whose packages
                                ///< were not looked at yet, its version alone
  std::string version;          ///< Linux's own: "6.1.140", "6.17-rc6"
  Source source = Source::apt;
  std::string package;  ///< "linux-image-6.12.9-amd64"; empty where no package brought it
  std::string package_version;
  std::string origin;                     ///< the archive: "bookworm-backports", "v6.17.8"
  std::vector<std::string> metapackages;  ///< that bring it, and will bring its successors
  bool is_signed = false;                 ///< for UEFI Secure Boot
  bool is_candidate = false;              ///< APT would take it without being told a version
  bool installed = false;
  bool running = false;
  bool is_default = false;  ///< the boot loader starts it when nobody chooses
};

/// Newest first: by Linux's version, a candidate below its release, then by the release's text.
bool is_newer(const Kernel& a, const Kernel& b);

}  // namespace kerneltour::kernels
