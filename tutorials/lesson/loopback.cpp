#include "lesson/loopback.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "posix/fd.hpp"

namespace kerneltour::lesson {
namespace {

void write_map(Step& step, const char* path, const std::string& text) {
  const posix::Fd file(open(path, O_WRONLY | O_CLOEXEC));
  step.works(write(file.get(), text.data(), text.size()), "write({}, \"{}\")", path, text);
}

}  // namespace

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

void enter_own_network(Step& step) {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (uid == 0) {
    step.works(unshare(CLONE_NEWNET), "unshare(CLONE_NEWNET)");
  } else {
    step.works(unshare(CLONE_NEWUSER | CLONE_NEWNET), "unshare(CLONE_NEWUSER|CLONE_NEWNET)");
    write_map(step, "/proc/self/setgroups", "deny");
    write_map(step, "/proc/self/uid_map", fmt::format("0 {} 1", uid));
    write_map(step, "/proc/self/gid_map", fmt::format("0 {} 1", gid));
  }
  ifreq request{};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const posix::Fd any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  step.works(ioctl(any.get(), SIOCSIFFLAGS, &request), "ioctl(SIOCSIFFLAGS, lo up)");
}

}  // namespace kerneltour::lesson
