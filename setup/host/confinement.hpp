#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/mounts.hpp"

namespace kerneltour::host {

class Host;

/// What a process is shut in.
struct Confinement {
  std::string
      container;  ///< "docker", "podman", "lxc", "systemd-nspawn", "kubernetes", "container"; empty: none
  std::string container_evidence;  ///< the file or link that says so, and what it says: "/.dockerenv exists"
  bool chroot = false;
  std::string chroot_evidence;
  bool wsl = false;
  std::string wsl_evidence;
  bool seccomp_filter = false;  ///< "Seccomp: 2" in /proc/self/status (seccomp(2))
};

/// The value of `field` in /proc/PID/status; empty where there is none.
std::string parse_status_field(std::string_view status, std::string_view field);

/// The link of /proc/self/ns/pid and .../user in the initial namespaces (include/linux/proc_ns.h:
/// PROC_PID_INIT_INO, PROC_USER_INIT_INO). They are constant, so that a process can tell.
inline constexpr std::string_view initial_pid_namespace = "pid:[4026531836]";
inline constexpr std::string_view initial_user_namespace = "user:[4026531837]";

/// A process in the initial PID namespace is in no container, whatever marker files are there: /.dockerenv
/// stays in a root file system made from an image. But where a container engine's marker file is there, "/"
/// is an overlay and PID 1 has another "/", it is one that shares the host's PIDs (docker run --pid=host).
/// The same holds for WSL 2, whose distributions each have a PID namespace and yet are no containers.
/// In another PID namespace it is in a container; who made it is told from what the engine left, else its
/// name is "container". Without /proc (a root that is not running) the marker files alone are the answer.
/// chroot: our mounts have no "/", or our "/" is another point of PID 1's mounts.
Confinement read_confinement(const Host& host, std::string_view release, const std::vector<Mount>& mounts);

}  // namespace kerneltour::host
