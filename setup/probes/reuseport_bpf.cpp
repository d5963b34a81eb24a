#include <fmt/format.h>
#include <linux/filter.h>
#include <sys/socket.h>

#include <array>

#include "probes/catalogue.hpp"
#include "probes/last_call.hpp"
#include "probes/loopback.hpp"

namespace kerneltour::probes {
namespace {

/// SO_ATTACH_REUSEPORT_CBPF (socket(7)): what the program returns is the index of a socket in the group.
bool attach(LastCall& last, int member, unsigned index) {
  const std::string attaching = fmt::format("setsockopt(SO_ATTACH_REUSEPORT_CBPF, \"return {}\")", index);
  sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, index)};
  const sock_fprog program{1, code};
  return last.made(attaching,
                   setsockopt(member, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program));
}

}  // namespace

// One sender for both datagrams: without a program its address decides, and both would come to one socket.
Outcome reuseport_bpf(Namespaces&) {
  LastCall last;
  std::array<Bound, 2> group;
  group[0] = bind_loopback(last, Protocol::udp, Sharing::reuseport, 0, "first socket");
  if (!group[0].file) return last.outcome();
  group[1] = bind_loopback(last, Protocol::udp, Sharing::reuseport, group[0].port, "second socket");
  if (!group[1].file) return last.outcome();
  const Bound sender = bind_loopback(last, Protocol::udp, Sharing::none, 0, "sender");
  if (!sender.file) return last.outcome();

  for (unsigned chosen = 0; chosen < group.size(); ++chosen) {
    const std::string receiving = fmt::format("recv(udp), socket {} of 2, chosen by BPF", chosen + 1);
    if (!attach(last, group[0].file.get(), chosen)) break;
    if (!send_datagram(last, sender.file.get(), group[0].port)) break;
    if (!last.gave(receiving, receive_datagram(group[chosen].file.get()))) break;
  }
  return last.outcome();
}

}  // namespace kerneltour::probes
