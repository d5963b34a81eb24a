#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "posix/child.hpp"

namespace kerneltour::probes {

/// The questions that the kernel can be asked. The order is that of `catalogue`.
enum class Id {
  psi_read,                ///< read /proc/pressure/cpu
  psi_trigger,             ///< arm a trigger with a 2 s window, as the ordinary user
  psi_trigger_privileged,  ///< arm one with a 1 s window, as the caller, who has CAP_SYS_RESOURCE
  user_namespace,          ///< as the ordinary user: create, map, mount a tmpfs, set the host name inside
  user_namespace_root,     ///< the same as the caller, who is root
  network_namespace,       ///< as the ordinary user, in a user namespace: create, loopback up
  network_namespace_root,  ///< the same as the caller, who has CAP_SYS_ADMIN, without a user namespace
  idmapped_mount_call,     ///< whether mount_setattr(2) is there at all
  idmapped_mount,          ///< an ID-mapped clone of / mounted, as the caller, who has CAP_SYS_ADMIN
  so_reuseport,            ///< two TCP and two UDP sockets on one loopback port
  reuseport_bpf,           ///< a classic BPF program attached to such a socket
  reuseport_migration,     ///< tcp_migrate_req=1 in a network namespace: a closed listener's queue moves on
  root_directory,          ///< whether "/" is the mount namespace's own root, as the caller, who is root
  systemd_manager,         ///< as the ordinary user: their manager of systemd's answers, and has a bus
  systemd_manager_root,    ///< the same as the caller, who is root: systemd itself
  control_group,           ///< as the ordinary user: their own group in version 2 is theirs to write
  control_group_root,      ///< the same as the caller, who is root: the hierarchy's root
  count_
};

inline constexpr std::size_t count = static_cast<std::size_t>(Id::count_);

/// What came of one probe.
struct Outcome {
  enum class Result {
    not_asked,   ///< it was not started: not wanted, or the caller has not the right
    worked,      ///< every call was answered as the feature promises
    refused,     ///< `call` failed with `error`
    wrong,       ///< every call succeeded, and what came was not what the feature promises: see `call`
    timed_out,   ///< no answer within the time limit; the child was killed
    died,        ///< the child ended without an answer (killed by a security policy, out of memory)
    not_started  ///< there was no child to ask it: `call`, fork(2), failed with `error`
  };
  Result result = Result::not_asked;
  std::string call;  ///< the last call made, as one would write it: "unshare(CLONE_NEWUSER)"
  int error = 0;     ///< errno of `call`, where refused or not_started

  bool worked() const { return result == Result::worked; }
  bool asked() const { return result != Result::not_asked; }
  /// "unshare(CLONE_NEWUSER) = -1 EPERM", "unshare(...) worked", "no answer in time"
  std::string says() const;
};

/// The outcomes by probe. Copyable values; empty where nothing was asked (offline).
class Answers {
 public:
  const Outcome& operator[](Id id) const { return outcomes_[static_cast<std::size_t>(id)]; }
  Outcome& operator[](Id id) { return outcomes_[static_cast<std::size_t>(id)]; }

 private:
  std::array<Outcome, count> outcomes_;
};

/// An identity for the probes that ordinary users need.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Probes on their way: the constructor starts them all and returns, so that the host's files can be read
/// meanwhile; collect() waits for the answers. The destructor kills what still runs.
class Asking {
 public:
  /// Asks all of `wanted` at once, in a few children (see Asker) that leave nothing behind. Probes that the
  /// caller has no right to make are left not_asked. `ordinary` is the user for the probes as an ordinary
  /// user; where it is not the caller, the caller needs CAP_SETUID and CAP_SETGID.
  Asking(std::span<const Id> wanted, Identity ordinary,
         std::chrono::milliseconds limit = std::chrono::seconds(2));

  /// Waits for all of them, `limit` from their start at the longest. A probe that hangs or dies loses its own
  /// answer only: those that its child did not come to are asked in another, for `limit` again. Call it once.
  Answers collect();

 private:
  struct Series {
    std::vector<Id> ids;  ///< in the order of asking
    posix::Child child;
    std::chrono::steady_clock::time_point deadline;
  };
  Series start(std::vector<Id> ids) const;

  Identity ordinary_;
  std::chrono::milliseconds limit_;
  std::vector<Series> started_;
};

}  // namespace kerneltour::probes
