#include "probes/ordinary_user.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace kerneltour::probes {
namespace {

/// A change of user cleared both (prctl(2)): the signal, and being dumpable, without which /proc/self and its
/// uid_map belong to root.
void restore_attributes(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  prctl(PR_SET_DUMPABLE, 1);
}

}  // namespace

bool become(LastCall& last, Identity user) {
  if (getuid() == user.uid && geteuid() == user.uid) return true;
  const pid_t parent = getppid();
  const std::string set_gid = fmt::format("setresgid({0}, {0}, {0})", user.gid);
  const std::string set_uid = fmt::format("setresuid({0}, {0}, {0})", user.uid);
  const bool became = last.made("setgroups(0, NULL)", setgroups(0, nullptr)) &&
                      last.made(set_gid, setresgid(user.gid, user.gid, user.gid)) &&
                      last.made(set_uid, setresuid(user.uid, user.uid, user.uid));
  if (became) restore_attributes(parent);
  return became;
}

}  // namespace kerneltour::probes
