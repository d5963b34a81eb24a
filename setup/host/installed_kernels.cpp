#include "host/installed_kernels.hpp"

#include <string.h>

#include <array>
#include <limits>
#include <string_view>

#include "host/host.hpp"

namespace kerneltour::host {
namespace {

/// What dpkg and update-grub lay beside a kernel: "vmlinuz-6.1.0-56-amd64.dpkg-tmp".
bool is_leftover(std::string_view name) {
  constexpr auto endings =
      std::to_array<std::string_view>({".old", ".bak", ".dpkg-tmp", ".dpkg-new", ".dpkg-bak"});
  for (const std::string_view ending : endings) {
    if (name.ends_with(ending)) return true;
  }
  return false;
}

/// The newest of the kernels that the names in `directory` with that prefix are those of.
std::optional<InstalledKernel> newest_in(const Host& host, const std::string& directory,
                                         std::string_view prefix) {
  std::optional<InstalledKernel> newest;
  for (const std::string& name : host.list(directory)) {
    if (!name.starts_with(prefix) || is_leftover(name)) continue;
    auto release = parse_kernel_release(std::string_view(name).substr(prefix.size()));
    if (!release || (newest && !is_older(newest->release, *release))) continue;
    newest = InstalledKernel{std::move(*release), directory + "/" + name};
  }
  return newest;
}

unsigned rank(std::optional<unsigned> candidate) {
  return candidate.value_or(std::numeric_limits<unsigned>::max());
}

}  // namespace

bool is_older(const KernelRelease& a, const KernelRelease& b) {
  if (a.version != b.version) return a.version < b.version;
  if (a.candidate != b.candidate) return rank(a.candidate) < rank(b.candidate);
  return strverscmp(a.text.c_str(), b.text.c_str()) < 0;
}

std::optional<InstalledKernel> newest_kernel(const Host& host) {
  if (auto image = newest_in(host, "/boot", "vmlinuz-")) return image;
  if (auto modules = newest_in(host, "/lib/modules", "")) return modules;
  return newest_in(host, "/usr/lib/modules", "");
}

}  // namespace kerneltour::host
