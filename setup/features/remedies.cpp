#include "features/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "features/kernel_package.hpp"

namespace kerneltour::features {
namespace {

/// "psi=1" gives "psi", "systemd.unified_cgroup_hierarchy=1" gives "systemd-unified-cgroup-hierarchy": the
/// name of a drop-in of its own, so that two fixes never write one file.
std::string drop_in_name(std::string_view parameter) {
  std::string name(parameter.substr(0, parameter.find('=')));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '_'; }, '-');
  return name;
}

/// A drop-in that adds `words`, and the command that makes GRUB read it. GRUB_CMDLINE_LINUX_DEFAULT comes
/// behind GRUB_CMDLINE_LINUX, and of several words of one name the last one counts.
std::vector<std::string> grub_commands(const std::string& name, const std::string& line) {
  const auto file = fmt::format("/etc/default/grub.d/60-kerneltour-{}.cfg", name);
  return {"mkdir -p /etc/default/grub.d", fmt::format("printf '%s\\n' '{}' > {}", line, file), "update-grub"};
}

/// A line of shell that takes `item` out of the list that `name` gives in one of GRUB's variables.
std::string without_item(std::string_view variable, std::string_view name, std::string_view item) {
  return fmt::format(R"({0}=$(echo "${0}" | sed "s/\({1}=[^ ]*\){2}/\1/"))", variable, name, item);
}

/// Where a WSL distribution's kernel parameters are set (learn.microsoft.com/windows/wsl/wsl-config).
std::string wsl_hint(const std::string& parameter) {
  return fmt::format(
      "on WSL, set kernelCommandLine = {} under [wsl2] in %UserProfile%\\.wslconfig on the Windows side",
      parameter);
}

bool has_debian_packages(const host::Facts& facts) { return facts.os.is_like("debian"); }

std::string distribution(const host::Facts& facts) {
  return facts.os.pretty_name.empty() ? facts.os.id : facts.os.pretty_name;
}

Verdict no_debian(const host::Facts& facts, Layer layer, const std::string& reason, EvidenceList evidence) {
  return impossible(layer,
                    fmt::format("{}; kerneltour installs packages on Debian and Ubuntu only, and this is {}",
                                reason, distribution(facts)),
                    std::move(evidence));
}

/// What stops a change to the kernel command line on this host; empty where nothing does.
std::string boot_parameter_obstacle(const host::Facts& facts, const std::string& parameter) {
  if (facts.confinement.wsl) return wsl_hint(parameter);
  if (const auto foreign = foreign_kernel(facts); !foreign.empty()) return foreign;
  if (facts.boot_loader != host::BootLoader::grub)
    return fmt::format("there is no GRUB here: add {} where the boot loader keeps the kernel command line",
                       parameter);
  return {};
}

}  // namespace

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
  const auto package =
      kernel_package(facts, host::parse_kernel_version(since).value_or(host::KernelVersion{}));
  if (package.empty())
    return impossible(
        layer,
        fmt::format("{}; no kernel package of {} for {} has Linux {} or later", reason, distribution(facts),
                    facts.architecture.empty() ? "its architecture" : facts.architecture, since),
        std::move(evidence));
  return fixable(layer, std::move(reason), std::move(evidence),
                 {{"kernel:" + package,
                   "install a newer kernel of the distribution",
                   {"apt-get update", "apt-get install " + package},
                   true,
                   true}});
}

Verdict needs_module_files(const host::Facts& facts, std::string reason, EvidenceList evidence) {
  if (!has_debian_packages(facts)) return no_debian(facts, Layer::module, reason, std::move(evidence));
  const auto package = fmt::format("{}-{}", facts.os.is_like("ubuntu") ? "linux-modules" : "linux-image",
                                   facts.release ? facts.release->text : "");
  return fixable(Layer::module, std::move(reason), std::move(evidence),
                 {{"package:" + package + ":reinstall",
                   "install the running kernel's modules again (or reboot, if a newer kernel is installed)",
                   {"apt-get install --reinstall " + package},
                   true,
                   false}});
}

Verdict needs_boot_parameter(const host::Facts& facts, Layer layer, std::string reason, EvidenceList evidence,
                             const std::string& parameter) {
  if (const auto obstacle = boot_parameter_obstacle(facts, parameter); !obstacle.empty())
    return impossible(layer, fmt::format("{}; {}", reason, obstacle), std::move(evidence));
  const auto line = fmt::format(R"(GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT {}")", parameter);
  return fixable(layer, std::move(reason), std::move(evidence),
                 {{"boot-parameter:" + parameter, fmt::format("put {} on the kernel command line", parameter),
                   grub_commands(drop_in_name(parameter), line), true, true}});
}

Verdict needs_boot_parameter_without(const host::Facts& facts, std::string reason, EvidenceList evidence,
                                     const std::string& name, const std::string& item) {
  const auto parameter = fmt::format("{}={}", name, item);
  if (!foreign_kernel(facts).empty() || facts.boot_loader != host::BootLoader::grub)
    return impossible(
        Layer::boot_parameter,
        fmt::format("{}; take {} away where the kernel command line is kept", reason, parameter),
        std::move(evidence));
  return fixable(
      Layer::boot_parameter, std::move(reason), std::move(evidence),
      {{"boot-parameter:-" + parameter, fmt::format("take {} off the kernel command line", parameter),
        grub_commands("no-" + item, without_item("GRUB_CMDLINE_LINUX", name, item) + "' '" +
                                        without_item("GRUB_CMDLINE_LINUX_DEFAULT", name, item)),
        true, true}});
}

// The name sorts behind what else is in the directory: the last file about a setting counts (sysctl.d(5)).
Verdict needs_sysctl(const host::Facts& facts, std::string reason, EvidenceList evidence,
                     const std::string& name, const std::string& value) {
  if (!facts.confinement.container.empty())
    return impossible(Layer::sysctl,
                      fmt::format("{}; {}, and so is this setting", reason, foreign_kernel(facts)),
                      std::move(evidence));
  const auto setting = fmt::format("{} = {}", name, value);
  return fixable(
      Layer::sysctl, std::move(reason), std::move(evidence),
      {{fmt::format("sysctl:{}={}", name, value),
        fmt::format("set {} to {}, now and at every boot", name, value),
        {fmt::format("echo '{}' > /etc/sysctl.d/zz-kerneltour-{}.conf", setting, drop_in_name(name)),
         fmt::format("sysctl -w {}={}", name, value)},
        true,
        false}});
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
  for (const auto& path : overrides) commands.push_back("dpkg-statoverride --remove " + path);
  commands.push_back("apt-get install --reinstall " + package);
  return fixable(
      Layer::package, std::move(reason), std::move(evidence),
      {{"package:" + package + ":reinstall",
        fmt::format("install the package {} again, which gives its files their rights back", package),
        std::move(commands), true, false}});
}

}  // namespace kerneltour::features
