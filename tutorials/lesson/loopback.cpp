#include "lesson/loopback.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "lesson/process.hpp"
#include "lesson/user_namespace.hpp"
#include "posix/fd.hpp"

namespace kerneltour::lesson {
sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) { return reinterpret_cast<const sockaddr*>(&address); }

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::string show_sockets(Step& step, const char* options, std::uint16_t port) {
  const auto filter = fmt::format("sport = :{}", port);
  auto ran = run_program({"/usr/bin/ss", options, filter});
  if (ran.status == 127) step.skip("ss(8), which lists sockets", "sudo apt-get install iproute2");
  step.output(fmt::format("ss {} '{}'", options, filter), ran.output);
  return std::move(ran.output);
}

void enter_own_network(Step& step) {
  if (geteuid() == 0) {
    step.works(unshare(CLONE_NEWNET), "unshare(CLONE_NEWNET)");
  } else {
    enter_as_root(step, CLONE_NEWNET);
  }
  ifreq request{};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const posix::Fd any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  step.works(ioctl(any.get(), SIOCSIFFLAGS, &request), "ioctl(SIOCSIFFLAGS, lo up)");
}

}  // namespace kerneltour::lesson
