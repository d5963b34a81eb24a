#pragma once

#include <string>

#include "host/facts.hpp"

// A host made of values.
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

/// The same with other lines in /etc/subuid and /etc/subgid.
inline host::Facts debian_with_ranges(const std::string& subuid, const std::string& subgid) {
  auto facts = debian_12();
  facts.subuid.file = host::parse_subordinate_ids(subuid);
  facts.subgid.file = host::parse_subordinate_ids(subgid);
  return facts;
}

}  // namespace kerneltour::test
