#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lesson/leftovers.hpp"
#include "lesson/process.hpp"
#include "lesson/step.hpp"

namespace kerneltour::lesson {

/// A privileged container that LXC's own commands make, run and remove, each shown as the reader would type
/// it. It sees the host's root file system, and what it writes goes to a file system in memory (the kernel's
/// Documentation/filesystems/overlayfs.rst). Its network has no device but its loopback.
///
/// It dies with the step, however that ends. What a SIGKILL leaves is control groups named after it,
/// "kerneltour-PID-NAME", and what LXC made the top of version 2 hand on; remove_leftovers() finds both.
class Container {
 public:
  /// Whether the commands that make and remove it are shown. Those of lxc() are, and what goes wrong.
  enum class Commands { shown, hidden };

  /// A place for its files, in a mount namespace that the step moves into. Throws posix::SystemError.
  Container(Step& step, std::string_view name, Commands commands = Commands::shown);
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  ~Container();

  /// A file that it has and the host has not. Throws posix::SystemError.
  void put(const std::string& path, std::string_view text) const;
  /// lxc-create, from the settings of a container whose first process is this command. The step ends as
  /// failed where LXC refuses; so with all that follow.
  void create(const std::string& init);
  /// lxc-start, and waits until it runs.
  void start();
  /// lxc-stop and lxc-destroy. Where it was not called, its destructor does the same without a word.
  void remove();

  /// Runs one of LXC's commands for this container, shows what it printed, and returns that: "lxc-attach",
  /// {"--", "ps"}. The step ends as failed where its status is not 0.
  std::string lxc(const std::string& program, const std::vector<std::string>& words = {}) const;

  /// "kerneltour-PID-NAME"
  const std::string& name() const { return name_; }
  /// Its first process, as the host numbers it.
  pid_t init() const { return init_; }
  /// The directory of its control group in version 2, as /proc/PID/cgroup says; empty where version 2 is not
  /// mounted.
  std::string group() const;

 private:
  std::vector<std::string> command(const std::string& program, const std::vector<std::string>& words) const;
  void show(const std::string& command, std::string_view output) const;
  std::string run(const std::vector<std::string>& command, bool shown) const;

  Step& step_;
  Commands commands_;
  std::string name_;
  TemporaryDirectory place_;
  std::optional<Process> starter_;  ///< lxc-start, while it may run
  pid_t init_ = 0;
  bool created_ = false;
};

/// The command as the reader would type it.
std::string typed(const std::vector<std::string>& command);

/// The top of version 2 hands on the controllers again that it did when a container began to use this
/// directory; LXC made it hand on all that there are. Nothing where none used it. Part of remove_leftovers().
void hand_back(const std::string& directory);

/// Ends the containers of earlier runs whose process is gone, removes their control groups, and names them.
/// Part of remove_leftovers().
std::vector<std::string> remove_left_containers();

}  // namespace kerneltour::lesson
