#include "probes/catalogue.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace kerneltour::probes {
namespace {

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }

constexpr std::uint64_t nothing = 0;
constexpr std::uint64_t sys_resource = bit(CAP_SYS_RESOURCE);
constexpr std::uint64_t sys_admin = bit(CAP_SYS_ADMIN);
constexpr std::uint64_t enter_mounts = sys_admin | bit(CAP_SYS_CHROOT);  // setns(2)
constexpr std::uint64_t become_another = bit(CAP_SETUID) | bit(CAP_SETGID);

// Nothing leads out of a namespace: what is asked in one comes behind what is asked about the host.
constexpr std::array<Probe, count> probes{{
    // id, asker, order, needs root, needs, function
    {Id::psi_read, Asker::caller, 1, false, nothing, psi_read},
    {Id::psi_trigger, Asker::ordinary_user, 0, false, nothing, psi_trigger},
    {Id::psi_trigger_privileged, Asker::caller, 0, false, sys_resource, psi_trigger_privileged},
    {Id::user_namespace, Asker::ordinary_user, 1, false, nothing, user_namespace},
    {Id::user_namespace_root, Asker::caller, 6, true, nothing, user_namespace},
    {Id::network_namespace, Asker::ordinary_user, 2, false, nothing, network_namespace},
    {Id::network_namespace_root, Asker::caller, 3, false, sys_admin, network_namespace_root},
    {Id::idmapped_mount_call, Asker::caller, 1, false, nothing, idmapped_mount_call},
    {Id::idmapped_mount, Asker::caller, 2, false, sys_admin, idmapped_mount},
    {Id::so_reuseport, Asker::caller, 1, false, nothing, so_reuseport},
    {Id::reuseport_bpf, Asker::caller, 1, false, nothing, reuseport_bpf},
    {Id::reuseport_migration, Asker::caller, 4, false, nothing, reuseport_migration},
    {Id::root_directory, Asker::caller, 5, true, enter_mounts, root_directory},
    {Id::systemd_manager, Asker::ordinary_user, 0, false, nothing, systemd_manager},
    {Id::systemd_manager_root, Asker::caller, 0, true, nothing, systemd_manager},
    {Id::control_group, Asker::ordinary_user, 0, false, nothing, control_group},
    {Id::control_group_root, Asker::caller, 0, true, nothing, control_group},
}};

constexpr bool in_order_of_ids() {
  for (std::size_t i = 0; i < count; ++i)
    if (probes[i].id != static_cast<Id>(i)) return false;
  return true;
}
static_assert(in_order_of_ids());

}  // namespace

// capget(2) itself: the C library has no wrapper, and libcap would be needed for nothing else here.
Caller Caller::current() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  syscall(SYS_capget, &header, sets.data());
  return {geteuid(), sets[0].effective | std::uint64_t{sets[1].effective} << 32};
}

std::span<const Probe, count> catalogue() { return probes; }

bool may_ask(const Probe& probe, const Caller& caller, Identity ordinary) {
  const auto has = [&](std::uint64_t needed) { return (caller.capabilities & needed) == needed; };
  if (probe.needs_root && caller.uid != 0) return false;
  if (!has(probe.needs_capabilities)) return false;
  return probe.asker != Asker::ordinary_user || caller.uid == ordinary.uid || has(become_another);
}

}  // namespace kerneltour::probes
