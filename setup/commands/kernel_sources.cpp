#include "commands/kernel_sources.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "commands/kernel_options.hpp"
#include "host/reader.hpp"
#include "kernels/apt_kernels.hpp"
#include "kernels/here.hpp"
#include "kernels/mainline_choice.hpp"

namespace kerneltour::commands {
namespace {

using kernels::Kernel;

constexpr host::KernelVersion oldest_listed = {4, 20, 0};

}  // namespace

std::vector<Kernel> kernels_of_host(const apt::Cache& cache, const host::BootSetup& setup) {
  auto found = kernels::apt_kernels(cache.versions(kernels::kernel_package_prefixes));
  kernels::mark_here(found, setup);
  return found;
}

std::vector<Kernel> mainline_kernels(const kernels::MainlineArchive& archive) {
  std::vector<Kernel> found;
  for (const auto& folder : archive.list()) {
    if (!folder.version.at_least(oldest_listed)) continue;
    found.push_back(kernels::kernel_of(folder));
  }
  std::reverse(found.begin(), found.end());
  return found;
}

std::string cache_directory(const std::string& root, std::string_view name) {
  if (::geteuid() == 0) return fmt::format("{}/var/cache/kerneltour/{}", root, name);
  const passwd* user = getpwuid(geteuid());
  if (!user) throw std::runtime_error("this user has no home directory to keep downloads in");
  return fmt::format("{}/.cache/kerneltour/{}", user->pw_dir, name);
}

kernels::MainlineArchive open_archive(const kernels::Settings& settings, const std::string& root,
                                      const apt::Fetch& fetch) {
  return {settings, cache_directory(root, "mainline"), fetch};
}

host::BootSetup boot_setup_of(const std::string& root) {
  const auto host = host_at(root);
  host::Reader reader(host);
  return host::read_boot_setup(reader);
}

}  // namespace kerneltour::commands
