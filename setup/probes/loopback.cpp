#include "probes/loopback.hpp"

#include <arpa/inet.h>
#include <errno.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <thread>
#include <utility>

namespace kerneltour::probes {
namespace {

sockaddr_in loopback(in_port_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) { return reinterpret_cast<const sockaddr*>(&address); }

in_port_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

posix::Fd new_socket(LastCall& last, Protocol protocol) {
  const bool tcp = protocol == Protocol::tcp;
  posix::Fd file(socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  last.made(tcp ? "socket(AF_INET, SOCK_STREAM)" : "socket(AF_INET, SOCK_DGRAM)", file.get());
  return file;
}

bool share_port(LastCall& last, int socket) {
  const int on = 1;
  return last.made("setsockopt(SO_REUSEPORT)", setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on));
}

}  // namespace

Bound bind_loopback(LastCall& last, Protocol protocol, Sharing sharing, in_port_t port,
                    std::string_view which) {
  const std::string binding =
      fmt::format("bind({} 127.0.0.1:{}), {}", protocol == Protocol::tcp ? "tcp" : "udp", port, which);
  const sockaddr_in address = loopback(port);
  posix::Fd file = new_socket(last, protocol);
  if (!file || (sharing == Sharing::reuseport && !share_port(last, file.get()))) return {};
  if (!last.made(binding, bind(file.get(), generic(address), sizeof address))) return {};
  const in_port_t bound = port_of(file.get());
  return {std::move(file), bound};
}

posix::Fd connect_loopback(LastCall& last, in_port_t port) {
  const std::string connecting = fmt::format("connect(tcp 127.0.0.1:{})", port);
  const sockaddr_in address = loopback(port);
  posix::Fd file = new_socket(last, Protocol::tcp);
  if (!file) return {};
  const int result = connect(file.get(), generic(address), sizeof address);
  const bool on_its_way = result != 0 && errno == EINPROGRESS;
  if (!last.made(connecting, on_its_way ? 0 : result)) return {};
  return file;
}

bool await_queue(LastCall& last, int listener, unsigned wanted) {
  const auto end = std::chrono::steady_clock::now() + 3 * delivery_limit;
  tcp_info info{};  // of a listener, tcpi_unacked is the length of the queue (tcp(7))
  do {
    socklen_t size = sizeof info;
    if (!last.made("getsockopt(TCP_INFO)", getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size)))
      return false;
    if (info.tcpi_unacked >= wanted) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  } while (std::chrono::steady_clock::now() < end);
  return last.gave(fmt::format("connect(), {} times, to a listener's queue", wanted), false);
}

bool send_datagram(LastCall& last, int from, in_port_t port) {
  const std::string sending = fmt::format("sendto(udp 127.0.0.1:{})", port);
  const sockaddr_in address = loopback(port);
  return last.made(sending, sendto(from, "!", 1, 0, generic(address), sizeof address));
}

bool receive_datagram(int socket) {
  char byte;
  return readable(socket) && recv(socket, &byte, 1, MSG_DONTWAIT) == 1;
}

bool readable(int socket) {
  pollfd ready{socket, POLLIN, 0};
  return poll(&ready, 1, static_cast<int>(delivery_limit.count())) == 1 && (ready.revents & POLLIN) != 0;
}

}  // namespace kerneltour::probes
