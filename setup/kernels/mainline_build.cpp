#include "kernels/mainline_build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

constexpr std::string_view flavour = "-generic";
constexpr std::string_view unsigned_image = "linux-image-unsigned-";
constexpr std::string_view plain_image = "linux-image-";
constexpr std::string_view modules = "linux-modules-";
constexpr std::string_view headers = "linux-headers-";

// Since then the modules have a package of their own.
constexpr host::KernelVersion modules_apart{4, 16, 4};

/// What stands behind one of the prefixes in a package's name; empty where none fits.
std::string_view behind(std::string_view package, std::initializer_list<std::string_view> prefixes) {
  for (const auto prefix : prefixes) {
    if (package.starts_with(prefix)) return package.substr(prefix.size());
  }
  return {};
}

/// Whether a kernel of that release is the generic one of that version.
bool is_of(std::string_view release, const MainlineVersion& version) {
  const auto parsed = host::parse_kernel_release(release);
  return parsed && parsed->origin == host::KernelOrigin::ubuntu_mainline && parsed->flavour == "generic" &&
         parsed->version == version.number && parsed->candidate == version.candidate;
}

/// The packages of one build, as far as they are there.
struct Parts {
  std::optional<MainlineFile> image;
  std::optional<MainlineFile> modules;
  std::optional<MainlineFile> headers;      ///< for this architecture
  std::optional<MainlineFile> headers_all;  ///< for all

  bool any() const { return image || modules || headers; }
};

/// By the time of the build, newest first: "6.17.8-061708.202511132042" ends in it.
struct Newer {
  bool operator()(const std::string& one, const std::string& other) const {
    const auto time = [](const std::string& version) {
      const std::string_view digits = std::string_view(version).substr(version.rfind('.') + 1);
      return posix::parse_number<std::uint64_t>(digits).value_or(0);
    };
    return std::pair(time(one), std::string_view(one)) > std::pair(time(other), std::string_view(other));
  }
};
using Builds = std::map<std::string, Parts, Newer>;

/// Puts the file to its build, where it belongs to one of this version and architecture.
void sort_in(Builds& builds, const MainlineFile& file, const MainlineVersion& version,
             std::string_view architecture) {
  const std::string_view package = file.package;
  if (file.architecture == "all") {
    const auto release = behind(package, {headers});
    if (is_of(fmt::format("{}{}", release, flavour), version)) builds[file.version].headers_all = file;
    return;
  }
  if (file.architecture != architecture) return;
  if (is_of(behind(package, {unsigned_image, plain_image}), version)) builds[file.version].image = file;
  if (is_of(behind(package, {modules}), version)) builds[file.version].modules = file;
  if (is_of(behind(package, {headers}), version)) builds[file.version].headers = file;
}

/// Whether the image alone would have no modules. Architectures whose images nobody signs have "linux-image-"
/// at all times, so that the version has to tell, and what else was built.
bool needs_modules(const MainlineFile& image, const MainlineVersion& version, bool some_have_them) {
  return image.package.starts_with(unsigned_image) || version.number >= modules_apart || some_have_them;
}

/// Whether the packages' names are of one kernel: a build has one release.
bool agree(const Parts& parts) {
  const auto release = behind(parts.image->package, {unsigned_image, plain_image});
  return !parts.modules || behind(parts.modules->package, {modules}) == release;
}

MainlineBuild made_of(const Parts& parts) {
  MainlineBuild build;
  build.image = *parts.image;
  build.modules = parts.modules;
  build.release = behind(build.image.package, {unsigned_image, plain_image});
  build.version = build.image.version;
  // One without the other cannot be installed.
  if (parts.headers && parts.headers_all) build.headers = {*parts.headers_all, *parts.headers};
  return build;
}

}  // namespace

std::optional<MainlineFile> parse_deb_name(std::string_view name, std::string_view sha256) {
  constexpr std::string_view suffix = ".deb";
  if (!name.ends_with(suffix)) return std::nullopt;
  const auto parts = posix::fields(name.substr(0, name.size() - suffix.size()), '_');
  const bool whole =
      parts.size() == 3 && std::none_of(parts.begin(), parts.end(), std::mem_fn(&std::string_view::empty));
  if (!whole) return std::nullopt;
  return MainlineFile{std::string(name), std::string(parts[0]), std::string(parts[1]), std::string(parts[2]),
                      std::string(sha256)};
}

ChosenBuild choose_build(const Checksums& sums, const MainlineVersion& version,
                         std::string_view architecture) {
  Builds builds;
  bool some_have_modules = false;
  for (const auto& [name, sha256] : sums) {
    const auto file = parse_deb_name(name, sha256);
    if (!file) continue;
    some_have_modules = some_have_modules || file->package.starts_with(modules);
    sort_in(builds, *file, version, architecture);
  }

  const auto folder = folder_of(version);
  std::string reason;
  for (const auto& [stamp, parts] : builds) {
    if (!parts.any()) continue;
    const bool lacks_modules =
        parts.image && !parts.modules && needs_modules(*parts.image, version, some_have_modules);
    if (parts.image && !lacks_modules && agree(parts)) return {made_of(parts), {}};
    if (!reason.empty()) continue;
    const auto lacking = parts.image ? "modules" : "image";
    reason = fmt::format("the build {} of {} for {} is not whole: it has no {}", stamp, folder, architecture,
                         lacking);
  }
  if (reason.empty()) reason = fmt::format("{} was not built for {}", folder, architecture);
  return {std::nullopt, reason};
}

}  // namespace kerneltour::kernels
