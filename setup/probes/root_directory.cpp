#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "posix/fd.hpp"
#include "probes/catalogue.hpp"
#include "probes/last_call.hpp"

namespace kerneltour::probes {
namespace {

/// The mount tells a chroot into a bind mount of "/" from "/" itself. It is 0 before Linux 5.8.
bool look_at_root(LastCall& last, struct statx& root) {
  return last.made("statx(/)", statx(AT_FDCWD, "/", AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_MNT_ID, &root));
}

bool same(const struct statx& a, const struct statx& b) {
  return a.stx_ino == b.stx_ino && a.stx_dev_major == b.stx_dev_major && a.stx_dev_minor == b.stx_dev_minor &&
         a.stx_mnt_id == b.stx_mnt_id;
}

/// A process that cannot go back has to end: what else it is asked is about another place.
void go_back_to(int root) {
  if (fchdir(root) != 0 || chroot(".") != 0) _exit(1);
}

}  // namespace

// Entering a mount namespace, be it the own one, sets the root directory to that of the namespace (setns(2)).
Outcome root_directory(Namespaces&) {
  LastCall last;
  struct statx before {};
  struct statx after {};
  const posix::Fd root(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const posix::Fd mounts(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
  if (last.made("open(/, O_PATH)", root.get()) && last.made("open(/proc/self/ns/mnt)", mounts.get()) &&
      look_at_root(last, before) &&
      last.made("setns(/proc/self/ns/mnt, CLONE_NEWNS)", setns(mounts.get(), CLONE_NEWNS))) {
    if (look_at_root(last, after))
      last.gave("setns(/proc/self/ns/mnt, CLONE_NEWNS), statx(/)", same(before, after));
    go_back_to(root.get());
  }
  return last.outcome();
}

}  // namespace kerneltour::probes
