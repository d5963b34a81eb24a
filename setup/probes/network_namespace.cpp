#include "probes/network_namespace.hpp"

#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "probes/catalogue.hpp"
#include "probes/loopback.hpp"

namespace kerneltour::probes {
namespace {

/// netdevice(7)
bool raise_loopback(LastCall& last) {
  const posix::Fd socket_file(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  return last.made("socket(AF_INET, SOCK_DGRAM)", socket_file.get()) &&
         last.made("ioctl(SIOCSIFFLAGS, lo up)", ioctl(socket_file.get(), SIOCSIFFLAGS, &request));
}

Outcome use_loopback(LastCall& last) {
  const Bound socket = bind_loopback(last, Protocol::udp, Sharing::none, 0, "in the namespace");
  if (socket.file && send_datagram(last, socket.file.get(), socket.port))
    last.gave("recv(udp 127.0.0.1), in the namespace", receive_datagram(socket.file.get()));
  return last.outcome();
}

}  // namespace

bool enter_network_namespace(LastCall& last) {
  return last.made("unshare(CLONE_NEWNET)", unshare(CLONE_NEWNET)) && raise_loopback(last);
}

Outcome network_namespace(Namespaces& own) {
  LastCall last;
  if (!own.enter_user(last) || !own.enter_network(last)) return last.outcome();
  return use_loopback(last);
}

Outcome network_namespace_root(Namespaces& own) {
  LastCall last;
  if (!own.enter_network(last)) return last.outcome();
  return use_loopback(last);
}

}  // namespace kerneltour::probes
