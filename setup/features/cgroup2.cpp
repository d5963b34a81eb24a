#include <fmt/format.h>

#include "features/all.hpp"
#include "features/remedies.hpp"

namespace kerneltour::features {
namespace {

using host::CgroupLayout;

constexpr std::string_view since = "4.15";
constexpr std::string_view documents[] = {"cgroups(7)", "Documentation/admin-guide/cgroup-v2.rst",
                                          "systemd(1): systemd.unified_cgroup_hierarchy"};
constexpr std::string_view needed[] = {"cpu", "memory"};
constexpr std::string_view parameter = "systemd.unified_cgroup_hierarchy";

std::string join(const std::vector<std::string>& words) {
  if (words.empty()) return "no controllers";
  std::string text;
  for (const auto& word : words) text += text.empty() ? word : " " + word;
  return text;
}

EvidenceList gather(const host::Facts& facts) {
  EvidenceList evidence;
  const auto& cgroups = facts.cgroups;
  if (cgroups.layout != CgroupLayout::unknown)
    evidence.push_back({"/proc/self/mountinfo", fmt::format("{} layout", name_of(cgroups.layout))});
  if (!cgroups.v2_point.empty())
    evidence.push_back({cgroups.v2_point + "/cgroup.controllers", join(cgroups.v2_controllers)});
  for (const auto controller : needed) {
    if (const auto point = cgroups.v1_point_of(controller); !point.empty())
      evidence.push_back(
          {"/proc/self/mountinfo", fmt::format("{} is a version 1 controller at {}", controller, point)});
  }
  add_boot_parameter(evidence, facts, parameter);
  add_boot_parameter(evidence, facts, "cgroup_disable");
  return evidence;
}

/// systemd mounts the hierarchies, and a word on the command line tells it how.
Verdict needs_unified(const host::Facts& facts, Layer layer, std::string reason, EvidenceList evidence) {
  if (!facts.confinement.container.empty())
    return impossible(Layer::container,
                      fmt::format("{}; {}, and so is the layout", reason, foreign_kernel(facts)),
                      std::move(evidence));
  // Its init mounts both versions whatever systemd is told (github.com/microsoft/WSL/issues/6662).
  if (facts.confinement.wsl)
    return needs_boot_parameter(facts, layer, std::move(reason), std::move(evidence), "cgroup_no_v1=all");
  if (!facts.systemd)
    return impossible(
        layer,
        fmt::format("{}; init mounted it so, and it is not systemd, which could be told otherwise", reason),
        std::move(evidence));
  return needs_boot_parameter(facts, layer, std::move(reason), std::move(evidence),
                              fmt::format("{}=1", parameter));
}

bool asked_for_version_1(const host::Facts& facts) {
  if (!facts.boot_parameters) return false;
  const auto value = facts.boot_parameters->last(parameter);
  return value && (*value == "0" || *value == "no" || *value == "false" || *value == "off");
}

Verdict judge_version_1(const host::Facts& facts, EvidenceList evidence) {
  const bool hybrid = facts.cgroups.layout == CgroupLayout::hybrid;
  const std::string reason =
      hybrid
          ? "the layout is hybrid: version 2 is mounted, and version 1 holds the cpu and memory controllers"
          : "only version 1 control groups are mounted";
  if (asked_for_version_1(facts))
    return needs_unified(facts, Layer::boot_parameter,
                         fmt::format("{}, because the kernel command line has {}=0", reason, parameter),
                         std::move(evidence));
  return needs_unified(facts, Layer::cgroup_layout, reason, std::move(evidence));
}

Verdict judge_missing_controller(const host::Facts& facts, std::string_view controller,
                                 EvidenceList evidence) {
  const auto option = controller == "memory" ? "CONFIG_MEMCG" : "CONFIG_FAIR_GROUP_SCHED";
  const auto reason = fmt::format("version 2 is mounted without the {} controller", controller);
  if (facts.boot_parameters && facts.boot_parameters->lists("cgroup_disable", controller))
    return needs_boot_parameter_without(
        facts, fmt::format("{}: cgroup_disable={} is on the kernel command line", reason, controller),
        std::move(evidence), "cgroup_disable", std::string(controller));
  if (config_state(facts, option) == host::ConfigState::off) {
    add_config(evidence, facts, {option});
    return needs_other_kernel(facts, Layer::kernel_config,
                              fmt::format("{}: the kernel was built without it", reason), std::move(evidence),
                              since);
  }
  if (!facts.confinement.container.empty())
    return impossible(Layer::container, fmt::format("{}: the container was not given it", reason),
                      std::move(evidence));
  return unknown(Layer::cgroup_layout, fmt::format("{}, and nothing that was read says why", reason),
                 std::move(evidence));
}

Verdict judge_unified(const host::Facts& facts, EvidenceList evidence) {
  for (const auto controller : needed) {
    if (!facts.cgroups.v2_has(controller))
      return judge_missing_controller(facts, controller, std::move(evidence));
  }
  if (facts.cgroups.v2_read_only && !facts.confinement.container.empty())
    return impossible(Layer::container,
                      fmt::format("the container may not make control groups: {} is mounted read-only",
                                  facts.cgroups.v2_point),
                      std::move(evidence));
  return ready("the layout is unified, with the cpu and memory controllers", std::move(evidence));
}

/// Debian 11 and Ubuntu 21.10 were the first whose systemd mounts version 2 alone.
std::optional<bool> unified_by_default(const host::OsRelease& os) {
  const auto version = host::parse_kernel_version(os.version + ".0");
  if (!version) return std::nullopt;
  if (os.id == "debian") return version->major >= 11;
  if (os.id == "ubuntu") return *version >= host::KernelVersion{21, 10, 0};
  return std::nullopt;
}

/// No mounts to look at: the machine is not running. What its systemd will mount is known all the same.
Verdict judge_before_boot(const host::Facts& facts, EvidenceList evidence) {
  if (!facts.systemd)
    return unknown(Layer::cgroup_layout,
                   "no mounted control groups to look at, and no systemd that would mount them",
                   std::move(evidence));
  if (asked_for_version_1(facts)) return judge_version_1(facts, std::move(evidence));
  const auto value = facts.boot_parameters ? facts.boot_parameters->last(parameter) : std::nullopt;
  evidence.push_back({"/etc/os-release", facts.os.pretty_name});
  const auto unified = value ? std::optional<bool>(true) : unified_by_default(facts.os);
  if (!unified)
    return unknown(Layer::cgroup_layout, "no mounted control groups to look at", std::move(evidence));
  if (*unified) return ready("its systemd mounts version 2 alone at boot", std::move(evidence));
  return needs_unified(facts, Layer::cgroup_layout,
                       "its systemd mounts the hybrid layout at boot, with cpu and memory in version 1",
                       std::move(evidence));
}

Verdict judge(const Situation& situation) {
  const auto& facts = situation.facts;
  auto evidence = gather(facts);
  switch (facts.cgroups.layout) {
    case CgroupLayout::unified:
      return judge_unified(facts, std::move(evidence));
    case CgroupLayout::v1:
    case CgroupLayout::hybrid:
      return judge_version_1(facts, std::move(evidence));
    case CgroupLayout::none:
      return impossible(Layer::cgroup_layout, "no control groups are mounted here", std::move(evidence));
    case CgroupLayout::unknown:
      break;
  }
  return judge_before_boot(facts, std::move(evidence));
}

}  // namespace

const Feature cgroup2 = {
    "cgroup2",
    "Control groups version 2, unified",
    since,
    "One tree of control groups with the cpu and memory controllers in it. In the hybrid layout version 2 is "
    "there, with pressure files but without these controllers, which version 1 holds.",
    documents,
    {},
    {},
    judge,
};

}  // namespace kerneltour::features
