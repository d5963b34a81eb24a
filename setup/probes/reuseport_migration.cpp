// tcp_migrate_req: Documentation/networking/ip-sysctl.rst, commit f9ac779f881c (Linux 5.14).

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/socket.h>

#include <array>

#include "probes/catalogue.hpp"
#include "probes/last_call.hpp"
#include "probes/loopback.hpp"

namespace kerneltour::probes {
namespace {

constexpr std::size_t clients = 3;

Bound new_listener(LastCall& last, in_port_t port, std::string_view which) {
  Bound socket = bind_loopback(last, Protocol::tcp, Sharing::reuseport, port, which);
  if (socket.file && !last.made("listen(tcp)", listen(socket.file.get(), clients))) return {};
  return socket;
}

bool accept_all(LastCall& last, int listener) {
  for (std::size_t i = 1; i <= clients; ++i) {
    const std::string accepting = fmt::format("accept(client {} of {}), by the other listener", i, clients);
    const posix::Fd connection(readable(listener) ? accept(listener, nullptr, nullptr) : -1);
    if (!last.gave(accepting, static_cast<bool>(connection))) return false;
  }
  return true;
}

/// All clients are in the first listener's queue: there is no other yet when they connect.
Outcome close_with_clients_waiting(LastCall& last) {
  Bound first = new_listener(last, 0, "first listener");
  if (!first.file) return last.outcome();
  std::array<posix::Fd, clients> waiting;
  for (posix::Fd& client : waiting) {
    client = connect_loopback(last, first.port);
    if (!client) return last.outcome();
  }
  if (!await_queue(last, first.file.get(), clients)) return last.outcome();
  const Bound second = new_listener(last, first.port, "second listener");
  if (!second.file) return last.outcome();
  first.file.close();
  accept_all(last, second.file.get());
  return last.outcome();
}

}  // namespace

Outcome reuseport_migration(Namespaces& own) {
  LastCall last;
  // The setting is the network namespace's: it is changed in one of our own only.
  const bool privileged = Caller::current().has(CAP_SYS_ADMIN);
  if ((privileged || own.enter_user(last)) && own.enter_network(last) &&
      last.wrote("/proc/sys/net/ipv4/tcp_migrate_req", "1"))
    return close_with_clients_waiting(last);
  return last.outcome();
}

}  // namespace kerneltour::probes
