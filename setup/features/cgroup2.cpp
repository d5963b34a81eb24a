#include "features/cgroup2.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "features/all.hpp"
#include "features/remedies.hpp"
#include "features/untold.hpp"

namespace kerneltour::features {
namespace {

using host::CgroupLayout;

constexpr std::string_view since = "4.15";
constexpr std::string_view documents[] = {"cgroups(7)", "Documentation/admin-guide/cgroup-v2.rst",
                                          "systemd(1): systemd.unified_cgroup_hierarchy"};
constexpr std::string_view parameter = "systemd.unified_cgroup_hierarchy";
constexpr std::string_view force = "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE";

/// A controller, and the option that builds it.
struct Controller {
  std::string_view name;
  std::string_view option;
};
constexpr Controller needed[] = {{"cpu", "CONFIG_CGROUP_SCHED"}, {"memory", "CONFIG_MEMCG"}};

std::string join(const std::vector<std::string>& words) {
  if (words.empty()) return "no controllers";
  std::string text;
  for (const auto& word : words) text += text.empty() ? word : " " + word;
  return text;
}

EvidenceList gather(const host::Facts& facts) {
  EvidenceList evidence;
  const auto& cgroups = facts.cgroups;
  if (cgroups.layout == CgroupLayout::none)
    evidence.push_back({"/proc/self/mountinfo", "no cgroup mount"});
  else if (cgroups.layout != CgroupLayout::unknown)
    evidence.push_back({"/proc/self/mountinfo", fmt::format("{} layout", name_of(cgroups.layout))});
  if (!cgroups.v2_point.empty())
    evidence.push_back({cgroups.v2_point + "/cgroup.controllers", join(cgroups.v2_controllers)});
  for (const auto& [name, option] : needed) {
    if (const auto point = cgroups.v1_point_of(name); !point.empty())
      evidence.push_back(
          {"/proc/self/mountinfo", fmt::format("{} is a version 1 controller at {}", name, point)});
  }
  for (const auto name : {parameter, force, std::string_view("cgroup_disable")})
    add_boot_parameter(evidence, facts, name);
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
        fmt::format("{}; init mounts it so, and it is not systemd, which could be told otherwise", reason),
        std::move(evidence));
  return needs_boot_parameter(facts, layer, std::move(reason), std::move(evidence),
                              fmt::format("{}=1", parameter));
}

/// A switch as systemd reads it (parse_boolean() in src/basic/parse-util.c); a bare word is on.
std::optional<bool> systemd_bool(std::string value) {
  constexpr std::array<std::string_view, 7> on = {"", "1", "yes", "y", "true", "t", "on"};
  constexpr std::array<std::string_view, 6> off = {"0", "no", "n", "false", "f", "off"};
  std::transform(value.begin(), value.end(), value.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (std::find(on.begin(), on.end(), value) != on.end()) return true;
  if (std::find(off.begin(), off.end(), value) != off.end()) return false;
  return std::nullopt;
}

/// What the command line tells systemd about a switch; nullopt where it tells nothing that counts.
std::optional<bool> told(const host::Facts& facts, std::string_view name) {
  const auto value = facts.boot_parameters ? facts.boot_parameters->last(name) : std::nullopt;
  return value ? systemd_bool(*value) : std::nullopt;
}

Verdict judge_version_1(const host::Facts& facts, const std::string& reason, EvidenceList evidence) {
  if (told(facts, parameter) == false)
    return needs_unified(facts, Layer::boot_parameter,
                         fmt::format("{}, because {} is off on the kernel command line", reason, parameter),
                         std::move(evidence));
  return needs_unified(facts, Layer::cgroup_layout, reason, std::move(evidence));
}

/// Why a controller is not, or will not be, in version 2, where the command line or the configuration says
/// so.
std::optional<Verdict> withheld(const host::Facts& facts, const Controller& controller,
                                const std::string& reason, EvidenceList evidence) {
  const auto& [name, option] = controller;
  if (facts.boot_parameters && facts.boot_parameters->lists("cgroup_disable", name))
    return needs_boot_parameter_without(
        facts, fmt::format("{}: cgroup_disable={} is on the kernel command line", reason, name),
        std::move(evidence), "cgroup_disable", std::string(name));
  for (const auto needed_option : {std::string_view("CONFIG_CGROUPS"), option}) {
    if (config_state(facts, needed_option) != host::ConfigState::off) continue;
    add_config(evidence, facts, {needed_option});
    return needs_other_kernel(
        facts, Layer::kernel_config,
        fmt::format("{}: the kernel was built without it ({} is not set)", reason, needed_option),
        std::move(evidence), since);
  }
  return std::nullopt;
}

Verdict judge_missing_controller(const host::Facts& facts, const Controller& controller,
                                 EvidenceList evidence) {
  const auto reason = fmt::format("version 2 is mounted without the {} controller", controller.name);
  if (auto verdict = withheld(facts, controller, reason, evidence)) return *verdict;
  if (!facts.confinement.container.empty())
    return impossible(Layer::container, fmt::format("{}: the container was not given it", reason),
                      std::move(evidence));
  return unknown(Layer::cgroup_layout, fmt::format("{}, and nothing that was read says why", reason),
                 std::move(evidence));
}

Verdict judge_unified(const host::Facts& facts, EvidenceList evidence) {
  for (const auto& controller : needed) {
    if (!facts.cgroups.v2_has(controller.name))
      return judge_missing_controller(facts, controller, std::move(evidence));
  }
  if (facts.cgroups.v2_read_only && !facts.confinement.container.empty())
    return impossible(Layer::container,
                      fmt::format("the container may not make control groups: {} is mounted read-only",
                                  facts.cgroups.v2_point),
                      std::move(evidence));
  return ready("the layout is unified, with the cpu and memory controllers", std::move(evidence));
}

/// The first release of a distribution whose systemd does something.
struct First {
  std::string_view distribution;
  host::KernelVersion release;
};

/// Mounts version 2 alone, unless told otherwise.
constexpr First unified_by_default[] = {{"debian", {11, 0, 0}}, {"ubuntu", {21, 10, 0}}};
/// Takes no notice of being told otherwise without SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 (NEWS of systemd
/// 256).
constexpr First unified_unless_forced[] = {{"debian", {13, 0, 0}}, {"ubuntu", {24, 10, 0}}};

/// Whether the host's release is that one or later; nullopt where that is not known.
std::optional<bool> is_since(const host::OsRelease& os, std::span<const First> table) {
  const auto base = host::base_of(os);
  if (base.newest) return true;
  // A release has the form of a version: "12", "24.04".
  const bool dotted = base.version.find('.') != std::string::npos;
  const auto version = host::parse_kernel_version(base.version + (dotted ? "" : ".0"));
  for (const auto& [distribution, release] : table) {
    if (version && base.distribution == distribution) return *version >= release;
  }
  return std::nullopt;
}

/// What systemd will mount when the machine boots; nullopt where that is not known.
std::optional<bool> will_be_unified(const host::Facts& facts) {
  if (facts.boot_parameters && facts.boot_parameters->last("cgroup_no_v1") == "all") return true;
  const auto asked = told(facts, parameter);
  if (!asked) return is_since(facts.os, unified_by_default);
  if (*asked || told(facts, force) == true) return asked;
  return is_since(facts.os, unified_unless_forced).value_or(false);
}

Verdict judge_unified_at_boot(const host::Facts& facts, EvidenceList evidence) {
  for (const auto& controller : needed) {
    const auto reason = fmt::format("version 2 will be mounted without the {} controller", controller.name);
    if (auto verdict = withheld(facts, controller, reason, evidence)) return *verdict;
  }
  return ready("its systemd mounts version 2 alone at boot", std::move(evidence));
}

/// No mounts to look at: the machine is not running. What its systemd will mount is known all the same.
Verdict judge_before_boot(const host::Facts& facts, EvidenceList evidence) {
  if (!facts.systemd)
    return unknown(Layer::cgroup_layout,
                   "no mounted control groups to look at, and no systemd that would mount them",
                   std::move(evidence));
  if (auto verdict = unreadable_command_line(facts, evidence)) return *verdict;
  if (auto verdict = unreadable(facts, {host::About::distribution}, evidence)) return *verdict;
  if (!facts.os.pretty_name.empty()) evidence.push_back({"/etc/os-release", facts.os.pretty_name});
  const auto unified = will_be_unified(facts);
  if (!unified)
    return unknown(Layer::cgroup_layout, "no mounted control groups to look at", std::move(evidence));
  if (*unified) return judge_unified_at_boot(facts, std::move(evidence));
  return judge_version_1(
      facts, "its systemd will mount version 1 control groups at boot, with the cpu and memory controllers",
      std::move(evidence));
}

Verdict judge_no_mount(const host::Facts& facts, EvidenceList evidence) {
  if (facts.confinement.chroot)
    return unknown(
        Layer::chroot,
        "no control groups are mounted in this chroot: run kerneltour outside of it, or mount them",
        std::move(evidence));
  return impossible(Layer::cgroup_layout, "no control groups are mounted here", std::move(evidence));
}

}  // namespace

Verdict judge_unified_hierarchy(const Situation& situation) {
  const auto& facts = situation.facts;
  auto evidence = gather(facts);
  if (auto verdict = unreadable(facts, {host::About::mounts}, evidence)) return *verdict;
  if (auto verdict = no_proc(facts, evidence)) return *verdict;
  switch (facts.cgroups.layout) {
    case CgroupLayout::unified:
      return judge_unified(facts, std::move(evidence));
    case CgroupLayout::v1:
      return judge_version_1(facts, "only version 1 control groups are mounted", std::move(evidence));
    case CgroupLayout::hybrid:
      return judge_version_1(
          facts,
          "the layout is hybrid: version 2 is mounted, and version 1 holds the cpu and memory controllers",
          std::move(evidence));
    case CgroupLayout::none:
      return judge_no_mount(facts, std::move(evidence));
    case CgroupLayout::unknown:
      break;
  }
  return judge_before_boot(facts, std::move(evidence));
}

const Feature cgroup2 = {
    "cgroup2",
    "Control groups version 2, unified",
    since,
    "One tree of control groups with the cpu and memory controllers in it. In the hybrid layout version 2 is "
    "there, with pressure files but without these controllers, which version 1 holds.",
    documents,
    {},
    {},
    judge_unified_hierarchy,
};

}  // namespace kerneltour::features
