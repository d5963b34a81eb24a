#include "host/dkms.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "host/host.hpp"
#include "host/kernel_release.hpp"

namespace kerneltour::host {
namespace {

constexpr const char* tree = "/var/lib/dkms";

bool is_directory(const Host& host, const std::string& path) {
  const auto status = host.status(path);
  return status && S_ISDIR(status->mode);
}

/// NAME/VERSION/RELEASE/ARCHITECTURE/module is what was built; `build` and `source` lie beside it, and in
/// NAME links of what is installed ("kernel-6.1.0-56-amd64-x86_64").
std::vector<std::string> releases_in(const Host& host, const std::string& version) {
  std::vector<std::string> releases;
  for (const auto& release : host.list(version)) {
    if (!parse_kernel_release(release)) continue;
    for (const auto& architecture : host.list(version + "/" + release)) {
      if (!is_directory(host, version + "/" + release + "/" + architecture + "/module")) continue;
      releases.push_back(release);
      break;
    }
  }
  return releases;
}

}  // namespace

bool DkmsModule::is_built_for(std::string_view release) const {
  return std::find(built_for.begin(), built_for.end(), release) != built_for.end();
}

std::vector<DkmsModule> read_dkms(const Host& host) {
  std::vector<DkmsModule> modules;
  for (const auto& name : host.list(tree)) {
    const auto directory = std::string(tree) + "/" + name;
    for (const auto& version : host.list(directory)) {
      // A version is a directory with its source, or the link to it: a removed source leaves none of the two.
      if (host.read_link(directory + "/" + version) ||
          !is_directory(host, directory + "/" + version + "/source"))
        continue;
      modules.push_back({name, version, releases_in(host, directory + "/" + version)});
    }
  }
  return modules;
}

}  // namespace kerneltour::host
