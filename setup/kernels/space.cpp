#include "kernels/space.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>

namespace kerneltour::kernels {
namespace {

namespace fs = std::filesystem;

/// What a kernel takes in /boot where there is none to go by: Debian's, with an initial RAM disk that has
/// most modules.
constexpr std::uint64_t usual_boot_size = 64 << 20;

/// The size of the largest file in /boot whose name begins so; 0 where there is none.
std::uint64_t largest(const std::string& boot, std::string_view prefix) {
  std::uint64_t size = 0;
  std::error_code error;
  for (fs::directory_iterator entry(boot, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().filename().string().starts_with(prefix) && entry->is_regular_file(ignored))
      size = std::max<std::uint64_t>(size, entry->file_size(ignored));
  }
  return size;
}

std::uint64_t boot_size(const std::string& boot) {
  const auto image = std::max(largest(boot, "vmlinuz-"), largest(boot, "vmlinux-"));
  if (image == 0) return usual_boot_size;
  const auto all = image + largest(boot, "initrd.img-") + largest(boot, "System.map-");
  return all + all / 10;
}

/// The directory, or what is above it where it is not there yet.
std::string existing(std::string path) {
  while (path.size() > 1 && !fs::exists(path)) path = fs::path(path).parent_path();
  return path;
}

struct Place {
  std::string directory;
  std::uint64_t needed;
};

}  // namespace

std::vector<SpaceNeed> space_needs(const SpaceRequest& request) {
  const auto boot = request.root + "/boot";
  const auto kernels = static_cast<std::uint64_t>(request.new_kernels);
  const Place places[] = {
      {boot, kernels * boot_size(boot)},
      {request.root + "/usr", request.installed > 0 ? static_cast<std::uint64_t>(request.installed) : 0},
      {request.archives, request.download},
  };
  std::vector<SpaceNeed> needs;
  std::vector<dev_t> devices;
  for (const auto& [directory, needed] : places) {
    const auto there = existing(directory);
    struct stat status;
    struct statvfs space;
    if (needed == 0 || stat(there.c_str(), &status) != 0 || statvfs(there.c_str(), &space) != 0) continue;
    const auto known = std::find(devices.begin(), devices.end(), status.st_dev);
    if (known != devices.end()) {
      needs[static_cast<std::size_t>(known - devices.begin())].needed += needed;
      continue;
    }
    devices.push_back(status.st_dev);
    needs.push_back({directory, needed, static_cast<std::uint64_t>(space.f_bfree) * space.f_frsize});
  }
  return needs;
}

}  // namespace kerneltour::kernels
