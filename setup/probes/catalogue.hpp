#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

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

/// As whom a probe's child makes its calls.
enum class As { caller, ordinary_user };

struct Probe {
  Id id;
  As as;
  bool needs_root;                   ///< the caller has to be user 0
  std::uint64_t needs_capabilities;  ///< what the caller has to have
  int order;                         ///< of starting: what takes longest begins first
  /// Makes the calls, in a process of its own that ends afterwards and takes everything with it.
  Outcome (*ask)();
};

/// All probes, each in the place of its Id.
std::span<const Probe, count> catalogue();

/// Whether the caller has the right to make the probe, becoming `ordinary` included.
bool may_ask(const Probe& probe, const Caller& caller, Identity ordinary);

// The probes, by subject. Each is described at its Id.
Outcome psi_read();
Outcome psi_trigger();
Outcome psi_trigger_privileged();
Outcome user_namespace();
Outcome network_namespace();
Outcome network_namespace_root();
Outcome idmapped_mount_call();
Outcome idmapped_mount();
Outcome so_reuseport();
Outcome reuseport_bpf();
Outcome reuseport_migration();
Outcome root_directory();

}  // namespace kerneltour::probes
