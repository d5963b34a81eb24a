#pragma once

#include <cerrno>
#include <string>

#include "features/all.hpp"
#include "host/facts.hpp"

// A host made of values, for judging.
namespace kerneltour::test {

/// A Debian 12 as it comes, with its own kernel, GRUB and systemd, and a user ann who has ranges. Tests
/// change what they are about.
inline host::Facts debian_12() {
  host::Facts facts;
  facts.live = true;
  facts.proc = true;
  facts.release = host::parse_kernel_release("6.1.0-56-amd64");
  facts.release_source = "uname(2)";
  facts.config.config = host::KernelConfig::parse(
      "CONFIG_PSI=y\n# CONFIG_PSI_DEFAULT_DISABLED is not set\nCONFIG_NAMESPACES=y\nCONFIG_USER_NS=y\n"
      "CONFIG_NET_NS=y\nCONFIG_VETH=m\nCONFIG_MEMCG=y\nCONFIG_FAIR_GROUP_SCHED=y\n");
  facts.config.path = "/boot/config-6.1.0-56-amd64";
  facts.boot_parameters = host::BootParameters::parse("root=/dev/vda1 ro quiet");
  facts.boot_parameters_source = "/proc/cmdline";
  facts.sysctls["user.max_user_namespaces"] = {"15000", "/proc/sys/user/max_user_namespaces"};
  facts.os = {"debian", "12", "Debian GNU/Linux 12 (bookworm)", "bookworm", {}};
  facts.architecture = "x86_64";
  facts.cgroups.layout = host::CgroupLayout::unified;
  facts.cgroups.v2_point = "/sys/fs/cgroup";
  facts.cgroups.v2_controllers = {"cpuset", "cpu", "io", "memory", "pids"};
  facts.boot_loader = host::BootLoader::grub;
  facts.systemd = true;
  facts.veth = host::ModuleState::loadable;
  facts.users = {{"root", 0, 0}, {"ann", 1000, 1000}, {"nobody", 65534, 65534}};
  facts.groups = {{"root", 0}, {"ann", 1000}, {"nogroup", 65534}};
  facts.subuid = {"/etc/subuid", host::parse_subordinate_ids("ann:100000:65536\n"), {}};
  facts.subgid = {"/etc/subgid", host::parse_subordinate_ids("ann:100000:65536\n"), {}};
  for (const auto* name : {"newuidmap", "newgidmap"})
    facts.programs[name] = {std::string("/usr/bin/") + name, {0104755, 0, 0, 0, std::nullopt}};
  return facts;
}

inline void set_config(host::Facts& facts, const std::string& lines) {
  facts.config.config = host::KernelConfig::parse(lines);
}

inline void set_command_line(host::Facts& facts, const std::string& text) {
  facts.boot_parameters = host::BootParameters::parse(text);
}

inline void set_release(host::Facts& facts, const std::string& text) {
  facts.release = host::parse_kernel_release(text);
}

inline probes::Outcome worked() { return {probes::Outcome::Result::worked, "the last call", 0}; }

inline probes::Outcome refused(const std::string& call, int error) {
  return {probes::Outcome::Result::refused, call, error};
}

/// The verdict for ann, who is at the keyboard.
inline features::Verdict judge(const features::Feature& feature, const host::Facts& facts,
                               const probes::Answers& answers = {}) {
  const features::Subject ann{"ann", 1000};
  return feature.judge({facts, answers, ann, ann});
}

/// "fixable boot-parameter", "ready"
inline std::string gist(const features::Verdict& verdict) {
  std::string text(name_of(verdict.status));
  if (verdict.layer) text += " " + std::string(name_of(*verdict.layer));
  return text;
}

inline bool says(const features::Verdict& verdict, const std::string& words) {
  return verdict.reason.find(words) != std::string::npos;
}

/// The commands of all fixes, a line each.
inline std::string commands_of(const features::Verdict& verdict) {
  std::string text;
  for (const auto& fix : verdict.fixes) {
    for (const auto& command : fix.commands) text += command + "\n";
  }
  return text;
}

}  // namespace kerneltour::test
