#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>

#include "lesson/step.hpp"

namespace kerneltour::lesson {

/// 127.0.0.1:port; port 0 lets the kernel choose a free one at bind(2) (ip(7)).
sockaddr_in loopback(std::uint16_t port);

/// The address as bind(2), connect(2) and sendto(2) take it.
const sockaddr* generic(const sockaddr_in& address);

/// The port that a socket is bound to (getsockname(2)).
std::uint16_t port_of(int socket);

/// Shows what ss(8) lists with these options of the sockets on that port, and returns it. Skips the step,
/// with the remedy, where ss is not installed.
std::string show_sockets(Step& step, const char* options, std::uint16_t port);

/// A network namespace of our own with its loopback up, inside a user namespace where we are not root: what
/// is set in it is not set on the host. Each call is shown. It lasts until the step ends.
void enter_own_network(Step& step);

}  // namespace kerneltour::lesson
