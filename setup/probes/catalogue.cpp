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

constexpr std::array<Probe, count> probes{{
    // id, as whom, needs root, needs, order, function
    {Id::psi_read, As::caller, false, nothing, 2, psi_read},
    {Id::psi_trigger, As::ordinary_user, false, nothing, 0, psi_trigger},
    {Id::psi_trigger_privileged, As::caller, false, sys_resource, 0, psi_trigger_privileged},
    {Id::user_namespace, As::ordinary_user, false, nothing, 1, user_namespace},
    {Id::user_namespace_root, As::caller, true, nothing, 1, user_namespace},
    {Id::network_namespace, As::ordinary_user, false, nothing, 1, network_namespace},
    {Id::network_namespace_root, As::caller, false, sys_admin, 1, network_namespace_root},
    {Id::idmapped_mount_call, As::caller, false, nothing, 2, idmapped_mount_call},
    {Id::idmapped_mount, As::caller, false, sys_admin, 1, idmapped_mount},
    {Id::so_reuseport, As::caller, false, nothing, 2, so_reuseport},
    {Id::reuseport_bpf, As::caller, false, nothing, 2, reuseport_bpf},
    {Id::reuseport_migration, As::caller, false, nothing, 1, reuseport_migration},
    {Id::root_directory, As::caller, true, enter_mounts, 2, root_directory},
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
  return probe.as == As::caller || caller.uid == ordinary.uid || has(become_another);
}

}  // namespace kerneltour::probes
