// UDP and SO_REUSEPORT: datagrams of one flow always reach the same
// socket, until the group changes. socket(7), udp(7), connect(2), ss(8).
// Run it with: kerneltour run 19

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "lesson/lesson.hpp"
#include "lesson/loopback.hpp"
#include "lesson/process.hpp"

using kerneltour::lesson::generic;
using kerneltour::lesson::loopback;
using kerneltour::lesson::port_of;
using kerneltour::lesson::Row;
using kerneltour::lesson::show_sockets;
using kerneltour::lesson::Step;
using kerneltour::posix::Fd;

namespace {

constexpr int on = 1;
constexpr int flows = 400;

/// A UDP socket on 127.0.0.1:port beside others; the kernel chooses the
/// port of the first.
Fd join(Step& step, std::uint16_t& port) {
  Fd server(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(port);
  setsockopt(server.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  step.works(bind(server.get(), generic(address), sizeof address),
             "bind({}, 127.0.0.1:{})", server.get(), port);
  port = port_of(server.get());
  return server;
}

std::vector<Fd> group_of(Step& step, int count, std::uint16_t& port) {
  std::vector<Fd> servers;
  for (int number = 0; number < count; ++number)
    servers.push_back(join(step, port));
  return servers;
}

/// A client: with its own port it is one flow.
Fd client_of(Step& step, std::uint16_t port) {
  Fd client(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(port);
  if (connect(client.get(), generic(address), sizeof address) != 0)
    step.works(-1, "connect({}, 127.0.0.1:{})", client.get(), port);
  return client;
}

std::vector<Fd> clients_of(Step& step, int count, std::uint16_t port) {
  std::vector<Fd> clients;
  for (int number = 0; number < count; ++number)
    clients.push_back(client_of(step, port));
  return clients;
}

/// Sends one datagram and takes it where it arrives: the number of that
/// socket.
std::size_t reaches(Step& step, const Fd& client,
                    const std::vector<Fd>& servers) {
  std::vector<pollfd> waiting;
  for (const auto& server : servers)
    waiting.push_back({server.get(), POLLIN, 0});
  if (send(client.get(), "hello", 5, 0) < 0)
    step.works(-1, "send({}, \"hello\", 5, 0)", client.get());
  if (poll(waiting.data(), waiting.size(), 10'000) != 1)
    throw std::runtime_error(
        "a datagram did not reach exactly one socket within 10 seconds");
  std::size_t reached = 0;
  while (waiting[reached].revents == 0) ++reached;
  char datagram[8];
  recv(waiting[reached].fd, datagram, sizeof datagram, 0);
  return reached;
}

/// One datagram of each flow: the socket that it reached.
std::vector<std::size_t> reach_all(Step& step,
                                   const std::vector<Fd>& clients,
                                   const std::vector<Fd>& servers) {
  std::vector<std::size_t> reached;
  for (const auto& client : clients)
    reached.push_back(reaches(step, client, servers));
  return reached;
}

std::vector<Row> bars_of(const std::vector<std::size_t>& reached,
                         std::size_t sockets) {
  std::vector<Row> bars;
  for (std::size_t number = 0; number < sockets; ++number)
    bars.push_back({fmt::format("socket {}", number + 1), 0});
  for (const auto number : reached) ++bars[number].value;
  return bars;
}

int count_moved(const std::vector<std::size_t>& before,
                const std::vector<std::size_t>& after) {
  int moved = 0;
  for (std::size_t flow = 0; flow < before.size(); ++flow)
    moved += before[flow] != after[flow];
  return moved;
}

// Four sockets on one port, and one client that sends a hundred
// datagrams.
void one_flow(Step& step) {
  std::vector<Fd> servers;
  std::uint16_t port = 0;
  for (int number = 0; number < 4; ++number) {
    servers.emplace_back(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int server = servers.back().get();
    const auto address = loopback(port);
    step.works(
        setsockopt(server, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on),
        "setsockopt({}, SOL_SOCKET, SO_REUSEPORT, 1)", server);
    step.works(bind(server, generic(address), sizeof address),
               "bind({}, 127.0.0.1:{})", server, port);
    port = port_of(server);
  }

  const Fd client = client_of(step, port);
  std::vector<std::size_t> reached;
  for (int sent = 0; sent < 100; ++sent)
    reached.push_back(reaches(step, client, servers));
  step.bars(
      fmt::format("100 datagrams from port {}", port_of(client.get())),
      bars_of(reached, 4));
  const auto same =
      std::count(reached.begin(), reached.end(), reached[0]);
  step.expect(
      same == 100, "One flow always reaches the same socket",
      fmt::format("{} of 100 came to socket {}", same, reached[0] + 1));
}

// 400 clients, each with a port of its own: 400 flows. Each sends twice.
void many_flows(Step& step) {
  std::uint16_t port = 0;
  const auto servers = group_of(step, 4, port);
  const auto clients = clients_of(step, flows, port);

  const auto first = reach_all(step, clients, servers);
  const auto second = reach_all(step, clients, servers);
  step.bars(fmt::format("{} flows", flows), bars_of(first, 4));
  step.expect(
      second == first,
      "The second datagram of each flow reaches the socket of the first",
      fmt::format("{} of {} flows stayed",
                  flows - count_moved(first, second), flows));
}

// A fifth socket joins four, and the flows send again. Then it leaves.
void add_a_socket(Step& step) {
  std::uint16_t port = 0;
  auto servers = group_of(step, 4, port);
  const auto clients = clients_of(step, flows, port);
  const auto with_four = reach_all(step, clients, servers);

  servers.push_back(join(step, port));
  const auto with_five = reach_all(step, clients, servers);
  const int moved = count_moved(with_four, with_five);
  step.bars(fmt::format("{} flows, five sockets", flows),
            bars_of(with_five, 5));
  step.expect(moved > 0 && moved < flows,
              "A new socket moves some of the flows and leaves others",
              fmt::format("{} of {} flows moved, {:.0f} %", moved, flows,
                          100.0 * moved / flows));

  servers.pop_back();
  const auto four_again = reach_all(step, clients, servers);
  step.note(
      "The fifth socket is closed: {} of {} flows are where they were "
      "with four.",
      flows - count_moved(with_four, four_again), flows);
}

// One socket of the group connects to one client. Then the group changes,
// as before.
void keep_a_flow(Step& step) {
  std::uint16_t port = 0;
  auto servers = group_of(step, 4, port);
  const auto clients = clients_of(step, 50, port);

  const Fd& client = clients[0];
  const auto peer = loopback(port_of(client.get()));
  servers.push_back(join(step, port));
  const int keeper = servers.back().get();
  step.works(connect(keeper, generic(peer), sizeof peer),
             "connect({}, 127.0.0.1:{})", keeper, port_of(client.get()));

  std::vector<std::size_t> reached = {reaches(step, client, servers)};
  for (int more = 0; more < 4; ++more) {
    servers.push_back(join(step, port));
    reached.push_back(reaches(step, client, servers));
  }
  const auto kept = std::count(reached.begin(), reached.end(), 4U);
  step.expect(
      kept == 5, "The connected socket keeps its flow",
      fmt::format("{} of 5 datagrams, while four more sockets joined",
                  kept));

  std::size_t strangers = 0;
  for (std::size_t other = 1; other < clients.size(); ++other)
    strangers += reaches(step, clients[other], servers) == 4;
  step.expect(strangers == 0, "It gets nobody else's datagrams",
              fmt::format("{} of {} other flows reached it", strangers,
                          clients.size() - 1));
}

// Datagrams that nobody reads: ss(8) shows which socket they wait at.
void what_you_know(Step& step) {
  std::uint16_t port = 0;
  const auto servers = group_of(step, 4, port);
  const auto clients = clients_of(step, 3, port);
  for (const auto& client : clients)
    for (int sent = 0; sent < 5; ++sent)
      send(client.get(), "hello", 5, 0);

  show_sockets(step, "-uan", port);
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"one-flow", one_flow},           {"many-flows", many_flows},
      {"add-a-socket", add_a_socket},   {"keep-a-flow", keep_a_flow},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
