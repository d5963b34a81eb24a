#include "host/cgroup.hpp"

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

void layout_and_points_agree(const host::Cgroups& cgroups) {
  using host::CgroupLayout;
  const bool v2 = !cgroups.v2_point.empty();
  const bool v1 = !cgroups.v1_controllers.empty();
  switch (cgroups.layout) {
    case CgroupLayout::unknown:
    case CgroupLayout::none:
      return must(!v1 && !v2, "without a layout nothing is mounted");
    case CgroupLayout::v1:
      return must(!v2, "version 1 alone has no version 2");
    case CgroupLayout::hybrid:
      return must(v2, "hybrid has both versions");
    case CgroupLayout::unified:
      return must(v2 && !v1, "unified has version 2 alone");
  }
}

}  // namespace

void target(std::string_view text) {
  const auto own = host::parse_own_cgroup(text);
  must(own.find('\n') == own.npos, "a cgroup's path is one line");

  const auto mounts = host::parse_mountinfo(text);
  const auto cgroups = host::classify_cgroups(mounts);
  must(!host::name_of(cgroups.layout).empty(), "a layout has a name");
  must((cgroups.layout == host::CgroupLayout::unknown) == mounts.empty(),
       "only no mounts at all are unknown");
  layout_and_points_agree(cgroups);
  for (const auto& controller : cgroups.v1_controllers) {
    must(!controller.name.empty(), "a controller has a name");
    must(!cgroups.v1_point_of(controller.name).empty(), "a controller is found by its name");
  }
}

}  // namespace kerneltour::fuzz
