#include "kernels/mainline_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "kernels/mainline_index.hpp"

namespace kerneltour::kernels {
namespace {

constexpr unsigned most_tries = 5;  // each takes two requests

/// Of a release, its version: mainline kernels' begin with it.
std::optional<MainlineVersion> version_of(std::string_view named) {
  if (const auto version = parse_mainline_version(named)) return version;
  const auto release = host::parse_kernel_release(named);
  if (!release || release->origin != host::KernelOrigin::ubuntu_mainline) return std::nullopt;
  return MainlineVersion{release->version, release->candidate};
}

std::string text_of(const MainlineVersion& version) { return folder_of(version).substr(1); }

Kernel kernel_of_version(const MainlineVersion& version, const std::string& release) {
  Kernel kernel;
  kernel.version = text_of(version);
  kernel.release = host::parse_kernel_release(release).value_or(host::KernelRelease{});
  kernel.source = Source::mainline;
  kernel.origin = folder_of(version);
  return kernel;
}

MainlineChoice choose_newest(const MainlineArchive& archive, host::KernelVersion at_least,
                             std::string_view architecture) {
  auto folders = archive.list();
  std::erase_if(folders, [&](const MainlineFolder& folder) {
    return folder.version.candidate || !folder.version.at_least(at_least);
  });
  std::string reasons;
  unsigned tries = 0;
  for (auto folder = folders.rbegin(); folder != folders.rend() && tries < most_tries; ++folder, ++tries) {
    try {
      return {archive.build(folder->version, architecture), "the newest stable one that was built whole"};
    } catch (const std::runtime_error& error) {
      reasons += fmt::format("{}{}", reasons.empty() ? "" : "; ", error.what());
    }
  }
  throw std::runtime_error(reasons.empty() ? "the mainline archive has no stable version that is new enough"
                                           : reasons);
}

}  // namespace

MainlineChoice choose_mainline(const MainlineArchive& archive, std::string_view named,
                               host::KernelVersion at_least, std::string_view architecture) {
  if (named.empty()) return choose_newest(archive, at_least, architecture);
  const auto version = version_of(named);
  if (!version) throw std::runtime_error(fmt::format("'{}' is no version of Linux such as 6.17.8", named));
  return {archive.build(*version, architecture),
          fmt::format("{} of the mainline archive", folder_of(*version))};
}

bool is_mainline_name(std::string_view named) { return version_of(named).has_value(); }

Kernel kernel_of(const ArchivedBuild& archived) {
  auto kernel = kernel_of_version(archived.version, archived.build.release);
  kernel.package = archived.build.image.package;
  kernel.package_version = archived.build.version;
  return kernel;
}

Kernel kernel_of(const MainlineFolder& folder) {
  return kernel_of_version(folder.version, text_of(folder.version));
}

}  // namespace kerneltour::kernels
