#include <errno.h>
#include <sys/socket.h>

#include <string>

#include "probes/catalogue.hpp"
#include "probes/last_call.hpp"
#include "probes/loopback.hpp"

namespace kerneltour::probes {
namespace {

bool listens(LastCall& last, const Bound& socket, std::string_view which) {
  const std::string listening = "listen(tcp), " + std::string(which);
  return last.made(listening, listen(socket.file.get(), 1));
}

/// It is the option that lets them share: a socket without it is kept out.
bool keeps_others_out(LastCall& last, Protocol protocol, in_port_t port) {
  const Bound other = bind_loopback(last, protocol, Sharing::none, port, "without SO_REUSEPORT");
  const Outcome outcome = last.outcome();
  if (outcome.result == Outcome::Result::refused && outcome.error != EADDRINUSE) return false;
  return last.gave(outcome.call, !other.file);
}

bool two_on_one_port(LastCall& last, Protocol protocol) {
  const Bound first = bind_loopback(last, protocol, Sharing::reuseport, 0, "first socket");
  if (!first.file) return false;
  const Bound second = bind_loopback(last, protocol, Sharing::reuseport, first.port, "second socket");
  if (!second.file) return false;
  if (protocol == Protocol::tcp &&
      !(listens(last, first, "first socket") && listens(last, second, "second socket")))
    return false;
  // Left as what was made last, it would read as if the refused bind had "worked".
  LastCall third;
  if (!keeps_others_out(third, protocol, first.port)) {
    last = third;
    return false;
  }
  return true;
}

}  // namespace

Outcome so_reuseport(Namespaces&) {
  LastCall last;
  if (two_on_one_port(last, Protocol::tcp)) two_on_one_port(last, Protocol::udp);
  return last.outcome();
}

}  // namespace kerneltour::probes
