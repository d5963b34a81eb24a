#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::features {

/// How a feature stands on a host. The order is that of the exit codes' weight, lightest first.
enum class Status {
  ready,
  unknown,     ///< could not be told
  fixable,     ///< not ready; it can be made ready on this host
  impossible,  ///< not ready, and nothing that can be done on this host makes it so
};

/// What blocks a feature.
enum class Layer {
  kernel_version,
  kernel_config,
  module,
  boot_parameter,
  sysctl,
  security_module,
  seccomp,
  chroot,
  container,
  cgroup_layout,
  package,
  id_ranges,
  privilege,
};

/// As JSON and text spell them: "ready", "kernel-version".
std::string_view name_of(Status status);
std::string_view name_of(Layer layer);

/// Something that was read or asked, and what it said.
struct Evidence {
  std::string source;  ///< "/proc/cmdline", "probe"
  std::string says;
};

/// A file of ours that a fix writes: a drop-in that is there for nothing else.
struct FixFile {
  std::string path;
  std::vector<std::string> lines;
};

/// A change that helps, as a person would type it on this host.
struct Fix {
  std::string id;                     ///< "boot-parameter:psi=1"; equal ids are the same change
  std::string summary;                ///< what it does, in a few words
  std::vector<std::string> commands;  ///< empty where it cannot be said as commands
  bool root = true;                   ///< needs root
  bool reboot = false;                ///< takes effect after a reboot
  std::vector<FixFile> files = {};    ///< that the commands write; what else they do tells the system of them
};

/// What is true of a feature on a host.
struct Verdict {
  Status status = Status::unknown;
  std::optional<Layer> layer;  ///< nullopt when ready
  std::string reason;          ///< one sentence, without its full stop
  std::vector<Evidence> evidence;
  std::vector<Fix> fixes;  ///< of a feature that is ready: what adds to it
};

}  // namespace kerneltour::features
