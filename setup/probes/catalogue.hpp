#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <span>

#include "probes/namespaces.hpp"
#include "probes/probe.hpp"

namespace kerneltour::probes {

/// Who asks, as far as it decides what may be asked.
struct Caller {
  uid_t uid = 0;                   ///< effective
  std::uint64_t capabilities = 0;  ///< effective (capabilities(7)): bit N is capability N

  /// Whether it has this one: CAP_SYS_ADMIN.
  bool has(int capability) const { return (capabilities >> capability & 1) != 0; }
  static Caller current();
};

/// The children that ask, in the order of their start: what takes longer begins first. To start one takes
/// longer than most probes, so that those of one identity share one.
enum class Asker { caller, ordinary_user };
inline constexpr std::array askers{Asker::caller, Asker::ordinary_user};

struct Probe {
  Id id;
  Asker asker;
  int order;                         ///< in its child: behind what it would disturb
  bool needs_root;                   ///< the caller has to be user 0
  std::uint64_t needs_capabilities;  ///< what the caller has to have
  /// Makes the calls, in a process that ends afterwards and takes everything with it.
  Outcome (*ask)(Namespaces& own);
};

/// All probes, each in the place of its Id.
std::span<const Probe, count> catalogue();

/// Whether the caller has the right to make the probe, becoming `ordinary` included.
bool may_ask(const Probe& probe, const Caller& caller, Identity ordinary);

// The probes, by subject. Each is described at its Id.
Outcome psi_read(Namespaces& own);
Outcome psi_trigger(Namespaces& own);
Outcome psi_trigger_privileged(Namespaces& own);
Outcome user_namespace(Namespaces& own);
Outcome network_namespace(Namespaces& own);
Outcome network_namespace_root(Namespaces& own);
Outcome idmapped_mount_call(Namespaces& own);
Outcome idmapped_mount(Namespaces& own);
Outcome so_reuseport(Namespaces& own);
Outcome reuseport_bpf(Namespaces& own);
Outcome reuseport_migration(Namespaces& own);
Outcome root_directory(Namespaces& own);
Outcome systemd_manager(Namespaces& own);
Outcome control_group(Namespaces& own);

}  // namespace kerneltour::probes
