#include "probes/user_namespace.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "probes/catalogue.hpp"

namespace kerneltour::probes {

bool enter_user_namespace(LastCall& last) {
  const std::string uid_map = fmt::format("0 {} 1", geteuid());
  const std::string gid_map = fmt::format("0 {} 1", getegid());
  return last.made("unshare(CLONE_NEWUSER)", unshare(CLONE_NEWUSER)) &&
         last.wrote("/proc/self/setgroups", "deny") &&  // or gid_map is refused (since Linux 3.19)
         last.wrote("/proc/self/uid_map", uid_map) &&   //
         last.wrote("/proc/self/gid_map", gid_map);
}

// The namespace alone proves little: Ubuntu's AppArmor restriction lets it be made, and then denies every
// capability in it.
Outcome user_namespace(Namespaces& own) {
  constexpr std::string_view name = "kerneltour";
  LastCall last;
  if (own.enter_user(last) &&
      last.made("unshare(CLONE_NEWNS|CLONE_NEWUTS)", unshare(CLONE_NEWNS | CLONE_NEWUTS)) &&
      last.made("mount(/, MS_REC|MS_PRIVATE)", mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr)) &&
      last.made("mount(tmpfs, /tmp)", mount("tmpfs", "/tmp", "tmpfs", 0, nullptr)))
    last.made("sethostname(\"kerneltour\")", sethostname(name.data(), name.size()));
  return last.outcome();
}

}  // namespace kerneltour::probes
