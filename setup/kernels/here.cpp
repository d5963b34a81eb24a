#include "kernels/here.hpp"

#include <algorithm>

namespace kerneltour::kernels {
namespace {

bool is_leftover(const std::string& release) {
  return release.ends_with(".old") || release.ends_with(".bak") || release.find(".dpkg-") != release.npos;
}

Kernel kernel_without_package(host::KernelRelease release) {
  Kernel kernel;
  kernel.version = release.text.substr(0, release.text.find_first_not_of("0123456789."));
  kernel.release = std::move(release);
  kernel.source = Source::installed;
  kernel.installed = true;
  return kernel;
}

/// The running kernel may have no file in /boot: a virtual machine's comes from outside.
std::vector<std::string> releases_here(const host::BootSetup& setup) {
  auto releases = setup.installed;
  if (!setup.running.empty() && std::find(releases.begin(), releases.end(), setup.running) == releases.end())
    releases.push_back(setup.running);
  return releases;
}

}  // namespace

std::string default_release(const host::BootSetup& setup) {
  const auto saved = setup.environment.find("saved_entry");
  const auto place = host::default_entry(setup.menu, saved == setup.environment.end() ? "" : saved->second);
  return place ? place->entry->release : std::string();
}

void mark_here(std::vector<Kernel>& kernels, const host::BootSetup& setup) {
  for (const auto& text : releases_here(setup)) {
    if (is_leftover(text)) continue;
    const bool known = std::any_of(kernels.begin(), kernels.end(), [&](const Kernel& kernel) {
      return kernel.installed && kernel.release.text == text;
    });
    auto release = known ? std::nullopt : host::parse_kernel_release(text);
    if (release) kernels.push_back(kernel_without_package(*std::move(release)));
  }
  const auto started = default_release(setup);
  for (auto& kernel : kernels) {
    kernel.running = kernel.installed && kernel.release.text == setup.running;
    kernel.is_default = kernel.installed && kernel.release.text == started;
  }
  std::stable_sort(kernels.begin(), kernels.end(), is_newer);
}

}  // namespace kerneltour::kernels
