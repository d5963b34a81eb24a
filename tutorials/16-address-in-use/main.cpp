// Two sockets and one address: the refusal, what SO_REUSEADDR does about
// it, and what SO_REUSEPORT does. socket(7), ip(7), bind(2). Run it with:
// kerneltour run 16

#include <sys/socket.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include "host/host.hpp"
#include "host/programs.hpp"
#include "lesson/lesson.hpp"
#include "lesson/loopback.hpp"
#include "lesson/process.hpp"
#include "posix/fd.hpp"

namespace host = kerneltour::host;
using kerneltour::lesson::generic;
using kerneltour::lesson::loopback;
using kerneltour::lesson::port_of;
using kerneltour::lesson::Step;
using kerneltour::posix::Fd;

namespace {

constexpr int on = 1;

/// A TCP socket with one option set, or with none (0).
Fd tcp_socket(Step& step, int option) {
  Fd made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  step.works(made.get(), "socket(AF_INET, SOCK_STREAM)");
  if (option == 0) return made;
  const int set =
      setsockopt(made.get(), SOL_SOCKET, option, &on, sizeof on);
  step.works(set, "setsockopt({}, {}, 1)", made.get(),
             option == SO_REUSEADDR ? "SO_REUSEADDR" : "SO_REUSEPORT");
  return made;
}

/// A listener on a port that the kernel chooses: what every step begins
/// with.
Fd listener(Step& step, int option) {
  Fd server = tcp_socket(step, option);
  const auto address = loopback(0);
  step.works(bind(server.get(), generic(address), sizeof address),
             "bind({}, 127.0.0.1:0)", server.get());
  step.works(listen(server.get(), 8), "listen({}, 8)", server.get());
  step.note("The kernel chose port {}.", port_of(server.get()));
  return server;
}

/// Whether a connection of the port waits in TIME_WAIT (proc(5),
/// /proc/net/tcp; include/net/tcp_states.h).
bool in_time_wait(std::uint16_t port) {
  constexpr unsigned time_wait = 6;
  std::ifstream table("/proc/net/tcp");
  for (std::string line; std::getline(table, line);) {
    unsigned local = 0;
    unsigned state = 0;
    if (sscanf(line.c_str(), "%*u: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x",
               &local, &state) == 2 &&
        local == port && state == time_wait)
      return true;
  }
  return false;
}

/// The port of a server that answered one client, hung up before the
/// client did, and is gone.
std::uint16_t port_left_behind(Step& step, int option) {
  const Fd server = listener(step, option);
  const auto port = port_of(server.get());
  const auto address = loopback(port);
  Fd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  step.works(connect(client.get(), generic(address), sizeof address),
             "connect({}, port {})", client.get(), port);
  Fd connection(accept(server.get(), nullptr, nullptr));
  step.works(connection.get(), "accept({})", server.get());
  connection.close();
  client.close();
  for (int tries = 0; tries < 200 && !in_time_wait(port); ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  if (!in_time_wait(port))
    step.skip(
        "a connection in TIME_WAIT: this kernel's table of them is full",
        "sudo sysctl net.ipv4.tcp_max_tw_buckets=65536");
  step.note(
      "All sockets are closed. What is left on port {} is one connection "
      "in TIME_WAIT.",
      port);
  return port;
}

// Neither has an option.
void two_binds(Step& step) {
  const Fd first = listener(step, 0);
  const Fd second = tcp_socket(step, 0);

  const auto address = loopback(port_of(first.get()));
  const int answer = bind(second.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, answer, "bind({}, port {})", second.get(),
               port_of(first.get()));
}

// Both have SO_REUSEADDR, and the first one listens.
void reuseaddr(Step& step) {
  const Fd first = listener(step, SO_REUSEADDR);
  const Fd second = tcp_socket(step, SO_REUSEADDR);

  const auto address = loopback(port_of(first.get()));
  const int answer = bind(second.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, answer, "bind({}, port {})", second.get(),
               port_of(first.get()));
}

// A server ends and starts again: first one that never set SO_REUSEADDR,
// then one that always does.
void restart(Step& step) {
  auto address = loopback(port_left_behind(step, 0));
  const Fd careless = tcp_socket(step, SO_REUSEADDR);
  const int refusal =
      bind(careless.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, refusal, "bind({}, the same port)",
               careless.get());

  address = loopback(port_left_behind(step, SO_REUSEADDR));
  const Fd careful = tcp_socket(step, SO_REUSEADDR);
  const int answer =
      bind(careful.get(), generic(address), sizeof address);
  step.works(answer, "bind({}, the same port)", careful.get());
  step.works(listen(careful.get(), 8), "listen({}, 8)", careful.get());
  step.expect(port_of(careful.get()) == ntohs(address.sin_port),
              "the server is back on its port",
              fmt::format("port {}", port_of(careful.get())));
}

// Both have SO_REUSEPORT.
void reuseport(Step& step) {
  const Fd first = listener(step, SO_REUSEPORT);
  const Fd second = tcp_socket(step, SO_REUSEPORT);

  const auto address = loopback(port_of(first.get()));
  const int answer = bind(second.get(), generic(address), sizeof address);
  step.works(answer, "bind({}, port {})", second.get(),
             port_of(first.get()));
  step.works(listen(second.get(), 8), "listen({}, 8)", second.get());
  step.expect(port_of(first.get()) == port_of(second.get()),
              "two sockets listen on one port",
              fmt::format("port {}", port_of(second.get())));
}

// One of the two has SO_REUSEPORT, first this one and then the other.
void every_socket(Step& step) {
  const Fd open = listener(step, SO_REUSEPORT);
  const Fd stranger = tcp_socket(step, 0);
  auto address = loopback(port_of(open.get()));
  int answer = bind(stranger.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, answer, "bind({}, port {})", stranger.get(),
               port_of(open.get()));

  const Fd closed = listener(step, 0);
  const Fd guest = tcp_socket(step, SO_REUSEPORT);
  address = loopback(port_of(closed.get()));
  answer = bind(guest.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, answer, "bind({}, port {})", guest.get(),
               port_of(closed.get()));
}

// The first listener shares its port. The second binds, and thinks of the
// option afterwards.
void too_late(Step& step) {
  const Fd first = listener(step, SO_REUSEPORT);
  const auto address = loopback(port_of(first.get()));
  const Fd second = tcp_socket(step, 0);
  int answer = bind(second.get(), generic(address), sizeof address);
  step.refused(EADDRINUSE, answer, "bind({}, port {})", second.get(),
               port_of(first.get()));

  answer =
      setsockopt(second.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  step.works(answer, "setsockopt({}, SO_REUSEPORT, 1)", second.get());
  step.expect(
      port_of(second.get()) == 0,
      "the refused bind(2) stays refused: the socket has no port",
      fmt::format("getsockname(2) says {}", port_of(second.get())));

  answer = bind(second.get(), generic(address), sizeof address);
  step.works(answer, "bind({}, port {})", second.get(),
             port_of(first.get()));
}

// Two listeners share a port, and ss(8) lists them.
void what_you_know(Step& step) {
  const auto ss = host::find_program(host::Host::running(), "ss");
  if (!ss) step.skip("the program ss(8)", "sudo apt install iproute2");
  const Fd first = listener(step, SO_REUSEPORT);
  const Fd second = tcp_socket(step, SO_REUSEPORT);
  const auto address = loopback(port_of(first.get()));
  step.works(bind(second.get(), generic(address), sizeof address),
             "bind({}, the same port)", second.get());
  step.works(listen(second.get(), 8), "listen({}, 8)", second.get());

  const auto filter = fmt::format("sport = :{}", port_of(first.get()));
  const auto ran =
      kerneltour::lesson::run_program({ss->path, "-ltn", filter});
  step.output(fmt::format("ss -ltn '{}'", filter), ran.output);
  const auto name = fmt::format("127.0.0.1:{} ", port_of(first.get()));
  const auto line = ran.output.find(name);
  step.expect(line != std::string::npos &&
                  ran.output.find(name, line + 1) != std::string::npos,
              "ss(8) shows the port twice");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"two-binds", two_binds},
      {"reuseaddr", reuseaddr},
      {"restart", restart},
      {"reuseport", reuseport},
      {"every-socket", every_socket},
      {"too-late", too_late},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
