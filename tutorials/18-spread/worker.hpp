#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string_view>

#include "posix/fd.hpp"

// What the workers of this chapter do, by itself: tests/bench/spread makes a server of the same workers and
// measures it.

namespace spread {

/// Reads the request, whatever it is, answers it and hangs up.
inline void answer(int connection, std::string_view text) {
  char request[4096];
  if (recv(connection, request, sizeof request, 0) > 0)
    send(connection, text.data(), text.size(), MSG_NOSIGNAL);
  close(connection);
}

/// The life of a worker with a listener to accept(2) from: one connection after the other.
[[noreturn]] inline void accept_and_answer(int listener, std::string_view text) {
  for (;;) {
    const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) answer(connection, text);
  }
}

/// A listener on 127.0.0.1:port that lets others listen there, too. It owns no descriptor where a call
/// failed: errno says why.
inline kerneltour::posix::Fd listen_beside_others(std::uint16_t port, int backlog) {
  constexpr int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  kerneltour::posix::Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (setsockopt(listener.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
      bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener.get(), backlog) != 0)
    return {};
  return listener;
}

}  // namespace spread
