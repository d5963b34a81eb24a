#include "host/modules.hpp"

#include <algorithm>
#include <array>

#include "host/host.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

char same_for_the_kernel(char c) { return c == '-' ? '_' : c; }

/// "veth" of "kernel/drivers/net/veth.ko.xz"; empty where the path is that of no module.
std::string_view module_name(std::string_view path) {
  constexpr auto suffixes = std::to_array<std::string_view>({".ko", ".ko.gz", ".ko.xz", ".ko.zst"});
  const auto name = path.substr(path.rfind('/') + 1);
  for (const std::string_view suffix : suffixes) {
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return {};
}

bool same_module(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char left, char right) {
    return same_for_the_kernel(left) == same_for_the_kernel(right);
  });
}

}  // namespace

bool lists_module(std::string_view modules_dep, std::string_view module) {
  if (module.empty()) return false;
  while (!modules_dep.empty()) {
    auto line = posix::take_line(modules_dep);
    if (same_module(module_name(posix::take_field(line, ':')), module)) return true;
  }
  return false;
}

ModuleState find_module(const Host& host, std::string_view release, std::string_view module, bool running) {
  std::string directory(module);  // /sys/module has them with '_' (include/linux/kbuild.h: KBUILD_MODNAME)
  std::transform(directory.begin(), directory.end(), directory.begin(), same_for_the_kernel);
  if (running && host.exists("/sys/module/" + directory)) return ModuleState::loaded;
  if (release.empty()) return ModuleState::missing;
  for (const std::string place : {"/lib/modules/", "/usr/lib/modules/"}) {
    const std::string modules = place + std::string(release);
    if (lists_module(host.read(modules + "/modules.builtin").text, module)) return ModuleState::loaded;
    if (lists_module(host.read(modules + "/modules.dep").text, module)) return ModuleState::loadable;
  }
  return ModuleState::missing;
}

}  // namespace kerneltour::host
