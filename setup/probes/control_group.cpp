// cgroups(7), "Delegation"

#include "probes/control_group.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include "host/cgroup.hpp"
#include "host/host.hpp"
#include "host/user_manager.hpp"
#include "posix/fd.hpp"
#include "probes/catalogue.hpp"

namespace kerneltour::probes {
namespace {

bool may_write(LastCall& last, const std::string& path) {
  return last.made("access(" + path + ", W_OK)", access(path.c_str(), W_OK));
}

bool connects(LastCall& last, const std::string& path) {
  const posix::Fd socket_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!last.made("socket(AF_UNIX)", socket_.get())) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy_n(path.data(), std::min(path.size(), sizeof address.sun_path - 1), address.sun_path);
  return last.made("connect(" + path + ")",
                   connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

}  // namespace

// To connect to the bus would start the user's dbus-daemon(1), which waits for that; the manager itself runs.
bool manager_answers(LastCall& last) {
  const auto sockets = host::manager_sockets(geteuid());
  return connects(last, sockets.manager) && may_write(last, sockets.bus);
}

std::string group_directory() {
  const auto host = host::Host::running();
  const auto cgroups =
      host::read_cgroups(host, host::parse_mountinfo(host.read("/proc/self/mountinfo").text));
  return geteuid() == 0 ? cgroups.v2_point : cgroups.own_directory;
}

bool may_make_groups(LastCall& last, const std::string& directory) {
  return may_write(last, directory) && may_write(last, directory + "/cgroup.procs");
}

Outcome systemd_manager(Namespaces&) {
  LastCall last;
  manager_answers(last);
  return last.outcome();
}

Outcome control_group(Namespaces&) {
  LastCall last;
  may_make_groups(last, group_directory());
  return last.outcome();
}

}  // namespace kerneltour::probes
