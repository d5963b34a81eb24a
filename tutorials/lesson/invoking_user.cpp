#include "lesson/invoking_user.hpp"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "posix/error.hpp"

namespace kerneltour::lesson {

std::optional<std::string> become_invoking_user() {
  const char* name = getenv("SUDO_USER");
  const passwd* user = geteuid() == 0 && name ? getpwnam(name) : nullptr;
  if (!user || user->pw_uid == 0) return std::nullopt;
  if (initgroups(user->pw_name, user->pw_gid) != 0 ||
      setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
      setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0) {
    const int error = errno;
    throw posix::SystemError(std::string("cannot become ") + user->pw_name, error);
  }
  // /proc/self would belong to root else (prctl(2)), and the maps of user namespaces with it.
  prctl(PR_SET_DUMPABLE, 1);
  return user->pw_name;
}

}  // namespace kerneltour::lesson
