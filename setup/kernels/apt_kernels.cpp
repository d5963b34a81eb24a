#include "kernels/apt_kernels.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "kernels/image_package.hpp"

namespace kerneltour::kernels {
namespace {

using apt::Version;

/// Debian and Ubuntu sign images by a source package of its own, which has the signatures.
constexpr std::string_view signed_source = "linux-signed";

Kernel kernel_of(const Version& version, const ImagePackage& image) {
  Kernel kernel;
  kernel.release = image.release;
  kernel.version = linux_version(version.version);
  kernel.source = version.origin.empty() ? Source::installed : Source::apt;
  kernel.package = version.package;
  kernel.package_version = version.version;
  kernel.origin = version.origin;
  kernel.is_signed = !image.unsigned_name && version.source.starts_with(signed_source);
  kernel.is_candidate = version.candidate;
  kernel.installed = version.installed;
  return kernel;
}

/// Versions by their package's name, images left out.
using Metapackages = std::multimap<std::string_view, const Version*>;

/// The images that a version brings by its dependencies, and theirs. `seen` ends circles.
void collect_images(const Version& version, const Metapackages& metapackages,
                    std::set<std::string_view>& images, std::set<std::string_view>& seen) {
  for (const auto& name : version.depends) {
    if (parse_image_package(name)) {
      images.insert(name);
      continue;
    }
    if (!seen.insert(name).second) continue;
    const auto [first, last] = metapackages.equal_range(name);
    for (auto other = first; other != last; ++other) {
      if (other->second->candidate) collect_images(*other->second, metapackages, images, seen);
    }
  }
}

Metapackages metapackages_in(const std::vector<Version>& versions) {
  Metapackages metapackages;
  for (const auto& version : versions)
    if (!parse_image_package(version.package)) metapackages.emplace(version.package, &version);
  return metapackages;
}

/// Which metapackages bring which image: those that APT would install, or has installed.
std::map<std::string_view, std::set<std::string>> bringers(const Metapackages& metapackages) {
  std::map<std::string_view, std::set<std::string>> found;
  for (const auto& [name, version] : metapackages) {
    std::set<std::string_view> images;
    std::set<std::string_view> seen;
    collect_images(*version, metapackages, images, seen);
    for (const auto image : images) found[image].insert(std::string(name));
  }
  return found;
}

/// One package may have several versions for one release: the installed one, else the one that APT would
/// take, else the first, which is the highest.
bool is_preferred(const Kernel& a, const Kernel& b) {
  if (a.installed != b.installed) return a.installed;
  return a.is_candidate && !b.is_candidate;
}

}  // namespace

std::vector<Kernel> apt_kernels(const std::vector<Version>& versions) {
  const auto metapackages = metapackages_in(versions);
  const auto brought_by = bringers(metapackages);
  std::map<std::string, Kernel> by_package;
  for (const auto& version : versions) {
    const auto image = parse_image_package(version.package);
    if (!image) continue;
    auto kernel = kernel_of(version, *image);
    const auto [place, is_new] = by_package.try_emplace(version.package, kernel);
    if (!is_new && is_preferred(kernel, place->second)) place->second = std::move(kernel);
  }
  std::vector<Kernel> kernels;
  for (auto& [package, kernel] : by_package) {
    if (const auto found = brought_by.find(package); found != brought_by.end())
      kernel.metapackages.assign(found->second.begin(), found->second.end());
    kernels.push_back(std::move(kernel));
  }
  std::stable_sort(kernels.begin(), kernels.end(), is_newer);
  return kernels;
}

}  // namespace kerneltour::kernels
