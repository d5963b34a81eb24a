#include "kernels/kernel.hpp"

#include "host/installed_kernels.hpp"

namespace kerneltour::kernels {
namespace {

constexpr std::string_view sources[] = {"apt", "mainline", "file", "installed"};

/// Linux's own version decides before the release: 6.1.0-50 of Debian is 6.1.176.
host::KernelRelease by_version(const Kernel& kernel) {
  return host::parse_kernel_release(kernel.version).value_or(kernel.release);
}

}  // namespace

std::string_view name_of(Source source) { return sources[static_cast<std::size_t>(source)]; }

std::optional<Source> parse_source(std::string_view name) {
  for (const auto source : {Source::apt, Source::mainline, Source::file, Source::installed})
    if (name_of(source) == name) return source;
  return std::nullopt;
}

bool is_newer(const Kernel& a, const Kernel& b) {
  const auto version_a = by_version(a);
  const auto version_b = by_version(b);
  if (version_a.version != version_b.version || version_a.candidate != version_b.candidate)
    return host::is_older(version_b, version_a);
  return host::is_older(b.release, a.release);
}

}  // namespace kerneltour::kernels
