// mount_setattr(2), since Linux 5.12.

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "posix/fd.hpp"
#include "probes/catalogue.hpp"
#include "probes/last_call.hpp"

namespace kerneltour::probes {
namespace {

/// User 1 is there in every container that has more than root.
constexpr uid_t shown_owner = 1;
constexpr std::string_view mapping = "0 1 1";

/// Keeps its user namespace alive until it is killed.
int hold_namespace(void* parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() == *static_cast<pid_t*>(parent)) pause();
  return 0;
}

/// A user namespace with the mapping, by the process that is in it; the namespace goes with this object and
/// the last descriptor.
class NamespaceHolder {
 public:
  explicit NamespaceHolder(LastCall& last) {
    pid_ = clone(hold_namespace, stack_.data() + stack_.size(), CLONE_NEWUSER | SIGCHLD, &parent_);
    last.made("clone(CLONE_NEWUSER)", pid_);
  }
  NamespaceHolder(const NamespaceHolder&) = delete;
  NamespaceHolder& operator=(const NamespaceHolder&) = delete;
  ~NamespaceHolder() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  /// Writes the maps and opens the namespace.
  posix::Fd open_mapped(LastCall& last) const {
    if (pid_ < 0 || !last.wrote(file("uid_map").c_str(), mapping) ||
        !last.wrote(file("gid_map").c_str(), mapping))
      return {};
    const std::string path = file("ns/user");
    posix::Fd opened(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    last.made("open(" + path + ")", opened.get());
    return opened;
  }

 private:
  std::string file(std::string_view name) const { return fmt::format("/proc/{}/{}", pid_, name); }

  pid_t parent_ = getpid();
  pid_t pid_ = -1;
  alignas(16) std::array<std::byte, 16384> stack_;
};

}  // namespace

// The size of the attributes is looked at before privilege and path are: 0 is EINVAL for everybody. Without
// the call it is ENOSYS, and whatever a seccomp filter answers in its place.
Outcome idmapped_mount_call(Namespaces&) {
  LastCall last;
  const long result = syscall(SYS_mount_setattr, -1, "", 0, nullptr, 0);
  last.made("mount_setattr(-1, \"\", 0, NULL, 0), to be EINVAL", result < 0 && errno == EINVAL ? 0 : result);
  return last.outcome();
}

// The clone is attached nowhere: it goes when its descriptor is closed.
Outcome idmapped_mount(Namespaces&) {
  LastCall last;
  const posix::Fd tree(open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  if (!last.made("open_tree(/, OPEN_TREE_CLONE)", tree.get())) return last.outcome();
  const NamespaceHolder holder(last);
  const posix::Fd name_space = holder.open_mapped(last);
  if (!name_space) return last.outcome();

  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<__u64>(name_space.get());
  struct stat before {};
  struct stat after {};
  if (last.made("fstat(/)", fstat(tree.get(), &before)) &&
      last.made("mount_setattr(/, MOUNT_ATTR_IDMAP)",
                mount_setattr(tree.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes)) &&
      last.made("fstat(ID-mapped /)", fstat(tree.get(), &after)) && before.st_uid == 0)
    last.gave("fstat(ID-mapped /)", after.st_uid == shown_owner);
  return last.outcome();
}

}  // namespace kerneltour::probes
