#pragma once

#include <string>
#include <string_view>

#include "kernels/kernel.hpp"
#include "kernels/mainline_archive.hpp"

namespace kerneltour::kernels {

/// A build of the mainline archive, and why that one.
struct MainlineChoice {
  ArchivedBuild archived;
  std::string reason;  ///< "the newest stable one of the archive", without its full stop
};

/// The build that a version or a release names ("6.17.8", "v6.10-rc1", "6.17.8-061708-generic"); where none
/// is named, the newest stable one that is not older than `at_least`. Versions that were not built whole, or
/// whose signature is not good, are passed over then, a few of them at most. Throws std::runtime_error, which
/// says why there is none.
MainlineChoice choose_mainline(const MainlineArchive& archive, std::string_view named,
                               host::KernelVersion at_least, std::string_view architecture);

/// Whether a name may be that of a mainline version or release.
bool is_mainline_name(std::string_view named);

/// The build as a kernel of the list.
Kernel kernel_of(const ArchivedBuild& archived);

/// A version that was not looked into, likewise.
Kernel kernel_of(const MainlineFolder& folder);

}  // namespace kerneltour::kernels
