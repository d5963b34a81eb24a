#include "features/verdict.hpp"

namespace kerneltour::features {

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ready:
      return "ready";
    case Status::unknown:
      return "unknown";
    case Status::fixable:
      return "fixable";
    case Status::impossible:
      return "impossible";
  }
  return "";
}

std::string_view name_of(Layer layer) {
  switch (layer) {
    case Layer::kernel_version:
      return "kernel-version";
    case Layer::kernel_config:
      return "kernel-config";
    case Layer::module:
      return "module";
    case Layer::boot_parameter:
      return "boot-parameter";
    case Layer::sysctl:
      return "sysctl";
    case Layer::security_module:
      return "security-module";
    case Layer::seccomp:
      return "seccomp";
    case Layer::chroot:
      return "chroot";
    case Layer::container:
      return "container";
    case Layer::cgroup_layout:
      return "cgroup-layout";
    case Layer::package:
      return "package";
    case Layer::id_ranges:
      return "id-ranges";
    case Layer::privilege:
      return "privilege";
  }
  return "";
}

}  // namespace kerneltour::features
