#include "features/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "features/kernel_package.hpp"
#include "features/untold.hpp"
#include "posix/shell.hpp"

namespace kerneltour::features {
namespace {

/// "systemd.unified_cgroup_hierarchy" gives "systemd-unified-cgroup-hierarchy": the name of a drop-in of its
/// own, so that two fixes never write one file.
std::string drop_in_name(std::string_view parameter) {
  std::string name(parameter);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '_' || c == '='; }, '-');
  return name;
}

/// A drop-in of these lines. Its name sorts behind those of others, which could undo it: of several words of one
/// name the last one counts.
FixFile grub_drop_in(const std::string& name, std::vector<std::string> lines) {
  return {fmt::format("/etc/default/grub.d/zz-kerneltour-{}.cfg", name), std::move(lines)};
}

/// Writes it, and makes GRUB read it.
Fix grub_fix(std::string id, std::string summary, FixFile file) {
  return {std::move(id),
          std::move(summary),
          {"mkdir -p /etc/default/grub.d", write_command(file), "update-grub"},
          true,
          true,
          {file}};
}

/// An expression of sed(1) for the parameter's name, in which '-' and '_' are the same to the kernel.
std::string pattern_of(std::string_view name) {
  std::string pattern;
  for (const char c : name) {
    if (c == '_' || c == '-') {
      pattern += "[-_]";
    } else {
      pattern += c == '.' ? "[.]" : std::string(1, c);
    }
  }
  return pattern;
}

/// A line of shell that takes every `item` out of the lists that `name` gives in one of GRUB's variables: the
/// whole word between '=', ',' and blanks. The kernel skips what is empty between two commas.
std::string without_item(std::string_view variable, std::string_view name, std::string_view item) {
  return fmt::format(R"({0}=$(echo " ${0} " | sed -E ":a;s/( {1}=([^ ]*,)?){2}([, ])/\1\3/;ta"))", variable,
                     pattern_of(name), item);
}

/// Where a WSL distribution's kernel parameters are set (learn.microsoft.com/windows/wsl/wsl-config).
std::string wsl_hint(const std::string& parameter) {
  return fmt::format(
      "on WSL, set kernelCommandLine = {} under [wsl2] in %UserProfile%\\.wslconfig on the Windows side",
      parameter);
}

std::string distribution(const host::Facts& facts) {
  if (!facts.os.pretty_name.empty()) return facts.os.pretty_name;
  return facts.os.id.empty() ? "a system without os-release(5)" : facts.os.id;
}

Verdict no_debian(const host::Facts& facts, Layer layer, const std::string& reason, EvidenceList evidence) {
  if (auto verdict = unreadable(facts, {host::About::distribution}, evidence)) {
    verdict->reason =
        fmt::format("{}; whether a package helps could not be told: {}", reason, verdict->reason);
    return *verdict;
  }
  return impossible(layer,
                    fmt::format("{}; kerneltour installs packages on Debian and Ubuntu only, and this is {}",
                                reason, distribution(facts)),
                    std::move(evidence));
}

/// Whether another kernel has to be later than this one: the distribution built this one without the feature.
bool needs_later_kernel(const host::Facts& facts, Layer layer) {
  return layer == Layer::kernel_config && is_own_kernel(facts);
}

host::KernelVersion helpful_version(const host::Facts& facts, Layer layer, std::string_view since) {
  const auto version = host::parse_kernel_version(since).value_or(host::KernelVersion{});
  if (!needs_later_kernel(facts, layer)) return version;
  auto later = facts.release->version;
  ++later.patch;
  return std::max(version, later);
}

std::string no_kernel(const host::Facts& facts, Layer layer, std::string_view since) {
  const auto architecture = facts.architecture.empty() ? "its architecture" : facts.architecture;
  if (needs_later_kernel(facts, layer))
    return fmt::format("{} built this kernel so itself, and has no later one for {}", distribution(facts),
                       architecture);
  return fmt::format("no kernel package of {} for {} has Linux {} or later", distribution(facts),
                     architecture, since);
}

/// GRUB boots the kernel of the highest version, unless told otherwise.
bool is_below_the_running_one(const KernelPackage& package, const host::Facts& facts) {
  return package.version && facts.release && *package.version < facts.release->version;
}

/// What stops a change to the kernel command line on this host; empty where nothing does.
std::string boot_parameter_obstacle(const host::Facts& facts, const std::string& parameter) {
  if (facts.confinement.wsl) return wsl_hint(parameter);
  if (const auto foreign = foreign_kernel(facts); !foreign.empty()) return foreign;
  if (facts.boot_loader != host::BootLoader::grub)
    return fmt::format(
        "kerneltour can change that only with GRUB, and there is no GRUB here: add {} where your boot loader "
        "keeps the kernel command line, and reboot",
        parameter);
  return {};
}

}  // namespace

std::string write_command(const FixFile& file) {
  std::string command = "printf '%s\\n'";
  for (const auto& line : file.lines) command += " " + posix::shell_quoted(line);
  return fmt::format("{} > {}", command, file.path);
}

bool has_debian_packages(const host::Facts& facts) { return !host::base_of(facts.os).distribution.empty(); }

Verdict ready(std::string reason, EvidenceList evidence) {
  return {Status::ready, std::nullopt, std::move(reason), std::move(evidence), {}};
}

Verdict unknown(std::optional<Layer> layer, std::string reason, EvidenceList evidence) {
  return {Status::unknown, layer, std::move(reason), std::move(evidence), {}};
}

Verdict impossible(Layer layer, std::string reason, EvidenceList evidence) {
  return {Status::impossible, layer, std::move(reason), std::move(evidence), {}};
}

Verdict fixable(Layer layer, std::string reason, EvidenceList evidence, std::vector<Fix> fixes) {
  return {Status::fixable, layer, std::move(reason), std::move(evidence), std::move(fixes)};
}

Verdict also(Verdict first, Verdict second) {
  if (first.status != Status::fixable) return first;
  if (second.status == Status::impossible) return second;
  if (second.status != Status::fixable) return first;
  first.reason += "; " + second.reason;
  first.evidence.insert(first.evidence.end(), second.evidence.begin(), second.evidence.end());
  for (auto& fix : second.fixes) {
    const auto is_same = [&](const Fix& other) { return other.id == fix.id; };
    if (std::none_of(first.fixes.begin(), first.fixes.end(), is_same)) first.fixes.push_back(std::move(fix));
  }
  return first;
}

std::string foreign_kernel(const host::Facts& facts) {
  if (facts.confinement.wsl) return "this is WSL: its kernel comes from Windows (wsl --update)";
  if (!facts.confinement.container.empty()) {
    const auto& kind = facts.confinement.container;
    return fmt::format("this is {}: its kernel is its host's", kind == "container"
                                                                   ? std::string("a container")
                                                                   : fmt::format("a {} container", kind));
  }
  return {};
}

Verdict needs_other_kernel(const host::Facts& facts, Layer layer, std::string reason, EvidenceList evidence,
                           std::string_view since) {
  if (const auto foreign = foreign_kernel(facts); !foreign.empty())
    return impossible(layer, fmt::format("{}; {}", reason, foreign), std::move(evidence));
  if (!has_debian_packages(facts)) return no_debian(facts, layer, reason, std::move(evidence));
  const auto package = kernel_package(facts, helpful_version(facts, layer, since));
  if (!package)
    return impossible(layer, fmt::format("{}; {}", reason, no_kernel(facts, layer, since)),
                      std::move(evidence));
  const auto* choice = is_below_the_running_one(*package, facts) ? ", and choose it in GRUB's menu" : "";
  return fixable(layer, std::move(reason), std::move(evidence),
                 {{"kernel:" + package->name,
                   fmt::format("install a kernel of the distribution{}", choice),
                   {"apt-get update", "apt-get install " + posix::shell_quoted(package->name)},
                   true,
                   true}});
}

Verdict needs_module_files(const host::Facts& facts, std::string reason, EvidenceList evidence) {
  if (!has_debian_packages(facts)) return no_debian(facts, Layer::module, reason, std::move(evidence));
  const bool is_ubuntu = host::base_of(facts.os).distribution == "ubuntu";
  const auto package = fmt::format("{}-{}", is_ubuntu ? "linux-modules" : "linux-image",
                                   facts.release ? facts.release->text : "");
  return fixable(Layer::module, std::move(reason), std::move(evidence),
                 {{"package:" + package + ":reinstall",
                   "install the running kernel's modules again (or reboot, if a newer kernel is installed)",
                   {"apt-get install --reinstall " + posix::shell_quoted(package)},
                   true,
                   false}});
}

Verdict needs_boot_parameter(const host::Facts& facts, Layer layer, std::string reason, EvidenceList evidence,
                             const std::string& parameter) {
  if (const auto obstacle = boot_parameter_obstacle(facts, parameter); !obstacle.empty())
    return impossible(layer, fmt::format("{}; {}", reason, obstacle), std::move(evidence));
  const auto line = fmt::format(R"(GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT {}")", parameter);
  return fixable(
      layer, std::move(reason), std::move(evidence),
      {grub_fix("boot-parameter:" + parameter, fmt::format("put {} on the kernel command line", parameter),
                grub_drop_in(drop_in_name(parameter.substr(0, parameter.find('='))), {line}))});
}

Verdict needs_boot_parameter_without(const host::Facts& facts, std::string reason, EvidenceList evidence,
                                     const std::string& name, const std::string& item) {
  const auto parameter = fmt::format("{}={}", name, item);
  if (!foreign_kernel(facts).empty() || facts.boot_loader != host::BootLoader::grub)
    return impossible(
        Layer::boot_parameter,
        fmt::format("{}; kerneltour cannot change that here: take {} away where the kernel command line is "
                    "kept, and reboot",
                    reason, parameter),
        std::move(evidence));
  return fixable(
      Layer::boot_parameter, std::move(reason), std::move(evidence),
      {grub_fix("boot-parameter:-" + parameter,
                fmt::format("take {} off the kernel command line", parameter),
                grub_drop_in("no-" + drop_in_name(parameter),
                             {without_item("GRUB_CMDLINE_LINUX", name, item),
                              without_item("GRUB_CMDLINE_LINUX_DEFAULT", name, item)}))});
}

// The name sorts behind what else is in the directory: the last file about a setting counts (sysctl.d(5)).
Verdict needs_sysctl(const host::Facts& facts, std::string reason, EvidenceList evidence,
                     const std::string& name, const std::string& value) {
  if (!facts.confinement.container.empty())
    return impossible(Layer::sysctl,
                      fmt::format("{}; {}, and so is this setting", reason, foreign_kernel(facts)),
                      std::move(evidence));
  const FixFile file = {fmt::format("/etc/sysctl.d/zz-kerneltour-{}.conf", drop_in_name(name)),
                        {fmt::format("{} = {}", name, value)}};
  std::vector<std::string> commands = {fmt::format("echo '{}' > {}", file.lines.front(), file.path)};
  if (facts.live) commands.push_back(fmt::format("sysctl -w {}={}", name, value));
  return fixable(Layer::sysctl, std::move(reason), std::move(evidence),
                 {{fmt::format("sysctl:{}={}", name, value),
                   fmt::format("set {} to {}, {}at every boot", name, value, facts.live ? "now and " : ""),
                   std::move(commands), true, false, {file}}});
}

Verdict none_allowed(const host::Facts& facts, std::string_view limit, EvidenceList evidence) {
  return needs_sysctl(facts, fmt::format("{} is 0: no user may create one", limit), std::move(evidence),
                      std::string(limit), "15000");
}

Verdict exhausted(const host::Facts& facts, std::string_view limit, EvidenceList evidence) {
  const auto now = sysctl_number(facts, limit);
  if (now == 0) return none_allowed(facts, limit, std::move(evidence));
  return needs_sysctl(facts,
                      fmt::format("no further one may be created: the limit {} is used up here or in a "
                                  "namespace around this one",
                                  limit),
                      std::move(evidence), std::string(limit), std::to_string(now.value_or(0) + 15000));
}

Verdict needs_package(const host::Facts& facts, std::string reason, EvidenceList evidence,
                      const std::string& package) {
  if (!has_debian_packages(facts)) return no_debian(facts, Layer::package, reason, std::move(evidence));
  return fixable(Layer::package, std::move(reason), std::move(evidence),
                 {{"package:" + package,
                   fmt::format("install the package {}", package),
                   {"apt-get install " + package},
                   true,
                   false}});
}

Verdict needs_reinstalled_package(const host::Facts& facts, std::string reason, EvidenceList evidence,
                                  const std::string& package, const std::vector<std::string>& overrides) {
  if (!has_debian_packages(facts)) return no_debian(facts, Layer::package, reason, std::move(evidence));
  std::vector<std::string> commands;
  for (const auto& path : overrides)
    commands.push_back("dpkg-statoverride --remove " + posix::shell_quoted(path));
  commands.push_back("apt-get install --reinstall " + package);
  return fixable(
      Layer::package, std::move(reason), std::move(evidence),
      {{"package:" + package + ":reinstall",
        fmt::format("install the package {} again, which gives its files their rights back", package),
        std::move(commands), true, false}});
}

}  // namespace kerneltour::features
