#pragma once

#include <netinet/in.h>

#include <chrono>
#include <string_view>

#include "posix/fd.hpp"
#include "probes/last_call.hpp"

namespace kerneltour::probes {

enum class Protocol { tcp, udp };
enum class Sharing { none, reuseport };

/// A socket with an address of 127.0.0.1. `file` owns nothing where a call was refused.
struct Bound {
  posix::Fd file;
  in_port_t port = 0;
};

/// What the kernel delivers over the loopback interface is there at once; a machine under load may take
/// longer.
inline constexpr std::chrono::milliseconds delivery_limit(500);

/// Binds a new socket, SO_REUSEPORT set before (socket(7)) where it is to share; port 0 lets the kernel
/// choose. `which` tells the socket from others in the call's text: "second socket".
Bound bind_loopback(LastCall& last, Protocol protocol, Sharing sharing, in_port_t port,
                    std::string_view which);

/// A TCP connection to the port, on its way: the socket does not block.
posix::Fd connect_loopback(LastCall& last, in_port_t port);

/// Waits until that many connections wait in the listener's queue: what is on its way when a listener is
/// closed may be lost, whatever the kernel promises of those in the queue. Within three times the limit.
bool await_queue(LastCall& last, int listener, unsigned wanted);

/// Sends one byte to the UDP port.
bool send_datagram(LastCall& last, int from, in_port_t port);

/// Whether a datagram came within the limit; takes it.
bool receive_datagram(int socket);

/// Whether there is something to read, or to accept, within the limit.
bool readable(int socket);

}  // namespace kerneltour::probes
