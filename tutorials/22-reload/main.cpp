// A server is replaced while clients connect: what a closed listener
// takes with it, and two ways to lose nothing. socket(7), tcp(7),
// listen(2), ip-sysctl.rst. Run it with: kerneltour run 22

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <thread>

#include "lesson/lesson.hpp"
#include "lesson/loopback.hpp"
#include "lesson/process.hpp"
#include "posix/error.hpp"

using kerneltour::lesson::Channel;
using kerneltour::lesson::enter_own_network;
using kerneltour::lesson::generic;
using kerneltour::lesson::loopback;
using kerneltour::lesson::port_of;
using kerneltour::lesson::Process;
using kerneltour::lesson::Row;
using kerneltour::lesson::show_sockets;
using kerneltour::lesson::Step;
using kerneltour::posix::Fd;
using namespace std::chrono_literals;

namespace {

constexpr int on = 1;

/// A listener that shares its port; port 0 lets the kernel choose.
Fd listen_on(std::uint16_t port, int backlog = 128) {
  Fd server(
      socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  setsockopt(server.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  const auto address = loopback(port);
  if (bind(server.get(), generic(address), sizeof address) != 0 ||
      listen(server.get(), backlog) != 0)
    throw kerneltour::posix::SystemError(
        fmt::format("cannot listen on port {}", port), errno);
  return server;
}

/// How many connections wait in a listener's queue for accept(2):
/// tcp_info has it in tcpi_unacked (tcp(7)).
unsigned queued(const Fd& listener) {
  tcp_info info{};
  socklen_t size = sizeof info;
  getsockopt(listener.get(), IPPROTO_TCP, TCP_INFO, &info, &size);
  return info.tcpi_unacked;
}

/// Clients that connect, one after the other, and say nothing.
std::vector<Fd> connect_clients(std::uint16_t port, std::size_t count) {
  std::vector<Fd> clients;
  const auto address = loopback(port);
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back(
        socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    connect(clients.back().get(), generic(address),
            sizeof address);  // EINPROGRESS
  }
  return clients;
}

/// Waits until that many are in the listeners' queues, all told, or the
/// time is over; returns how many are.
unsigned wait_queued(const std::vector<const Fd*>& listeners,
                     unsigned count, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    unsigned sum = 0;
    for (const Fd* listener : listeners) sum += queued(*listener);
    if (sum >= count || std::chrono::steady_clock::now() > end)
      return sum;
    std::this_thread::sleep_for(1ms);
  }
}

/// Waits for that many clients, says at which listener they are, and
/// returns how many are at the old one.
unsigned note_queues(Step& step, const Fd& old, const Fd& fresh,
                     unsigned count) {
  wait_queued({&old, &fresh}, count, 5s);
  const unsigned waiting = queued(old);
  step.note(
      "{} clients have connected: {} wait at the old listener, {} at the "
      "new one.",
      count, waiting, queued(fresh));
  return waiting;
}

/// The server's work: accepts whoever waits, says one word to each, and
/// returns to how many.
unsigned answer_all(const Fd& listener) {
  unsigned count = 0;
  while (const Fd client{accept(listener.get(), nullptr, nullptr)}) {
    if (send(client.get(), "hello", 5, MSG_NOSIGNAL) == 5) ++count;
  }
  return count;
}

/// What became of clients: how many got their answer, and how many were
/// reset instead.
struct Outcome {
  unsigned answered = 0;
  unsigned reset = 0;
};

/// Waits for every client, for 5 seconds all told.
Outcome outcome_of(const std::vector<Fd>& clients) {
  Outcome outcome;
  const auto end = std::chrono::steady_clock::now() + 5s;
  for (const Fd& client : clients) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd ready{client.get(), POLLIN, 0};
    std::array<char, 5> word{};
    poll(&ready, 1, std::max(0, static_cast<int>(left.count())));
    const auto got = recv(client.get(), word.data(), word.size(), 0);
    if (got == 5) ++outcome.answered;
    if (got < 0 && errno == ECONNRESET) ++outcome.reset;
  }
  return outcome;
}

// Both servers are in this process: what happens to the queues is the
// same.
void close_with_queue(Step& step) {
  enter_own_network(step);
  Fd old = listen_on(0);
  const Fd fresh = listen_on(port_of(old.get()));
  const auto clients = connect_clients(port_of(old.get()), 100);
  const unsigned waiting = note_queues(step, old, fresh, 100);

  old.close();  // close(2), as when the old server's process ends

  step.note("The new server accepts and answers {}.", answer_all(fresh));
  const Outcome outcome = outcome_of(clients);
  step.expect(outcome.reset > 0 && outcome.reset == waiting,
              "who waited at the old listener gets ECONNRESET",
              fmt::format("{} of 100 connections lost", outcome.reset));
  step.expect(outcome.answered == 100 - waiting,
              "the others get their answer",
              std::to_string(outcome.answered));
}

void migrate(Step& step) {
  enter_own_network(step);
  const Fd setting(
      open("/proc/sys/net/ipv4/tcp_migrate_req", O_WRONLY | O_CLOEXEC));
  step.works(write(setting.get(), "1", 1),
             "write(/proc/sys/net/ipv4/tcp_migrate_req, \"1\")");

  Fd old = listen_on(0);
  const Fd fresh = listen_on(port_of(old.get()));
  const auto clients = connect_clients(port_of(old.get()), 100);
  const unsigned waiting = note_queues(step, old, fresh, 100);

  old.close();

  step.note("After close(2), {} wait at the new listener.",
            queued(fresh));
  step.expect(queued(fresh) == 100, "the queue has moved over",
              fmt::format("{} connections moved", waiting));
  answer_all(fresh);
  const unsigned answered = outcome_of(clients).answered;
  step.expect(answered == 100, "no connection is lost",
              fmt::format("{} of 100 answered", answered));
}

// The sockets of a group have numbers, in the order of listen(2): the old
// one is 0, the new one 1. The program returns the number of the socket
// that gets the connection, the same one always.
void drain(Step& step) {
  Fd old = listen_on(0);
  const Fd fresh = listen_on(port_of(old.get()));
  const auto early = connect_clients(port_of(old.get()), 50);
  const unsigned waiting = note_queues(step, old, fresh, 50);

  std::array<sock_filter, 1> code{{BPF_STMT(BPF_RET | BPF_K, 1)}};
  const sock_fprog to_the_new{code.size(), code.data()};
  const int attached =
      setsockopt(fresh.get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
                 &to_the_new, sizeof to_the_new);
  step.works(attached,
             "setsockopt({}, SO_ATTACH_REUSEPORT_CBPF, \"return 1\")",
             fresh.get());

  const auto late = connect_clients(port_of(old.get()), 50);
  wait_queued({&old, &fresh}, 100, 5s);
  step.expect(queued(old) == waiting,
              "none of 50 more clients comes to the old listener",
              fmt::format("{} wait there as before, {} at the new one",
                          queued(old), queued(fresh)));

  const unsigned served_by_old = answer_all(old);
  old.close();
  const unsigned served_by_fresh = answer_all(fresh);
  step.note(
      "The old server answered {} and closed; the new one answered {}.",
      served_by_old, served_by_fresh);
  const unsigned answered =
      outcome_of(early).answered + outcome_of(late).answered;
  step.expect(answered == 100, "no connection is lost",
              fmt::format("{} of 100 answered", answered));
}

/// A server with a listener of its own: it takes some time for each
/// answer, until it is told to stop.
void serve(Channel& parent, std::uint16_t port, bool draining) {
  const Fd listener = listen_on(port);
  std::array<sock_filter, 1> code{{BPF_STMT(BPF_RET | BPF_K, 1)}};
  const sock_fprog to_the_new{code.size(), code.data()};
  if (draining)
    setsockopt(listener.get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
               &to_the_new, sizeof to_the_new);
  parent.say("listening");

  bool told_to_stop = false;
  std::array<pollfd, 2> events{
      {{listener.get(), POLLIN, 0}, {parent.descriptor(), POLLIN, 0}}};
  // When 200 ms passed without a connection, nobody is on the way to this
  // listener any more.
  while (poll(events.data(), told_to_stop ? 1 : 2,
              told_to_stop ? 200 : -1) > 0) {
    if (!told_to_stop && events[1].revents != 0) told_to_stop = true;
    if (told_to_stop && !draining) break;
    const Fd client(accept(listener.get(), nullptr, nullptr));
    if (!client) continue;
    std::this_thread::sleep_for(200us);
    send(client.get(), "hello", 5, MSG_NOSIGNAL);
  }
  parent.say("stopped");
}

/// Connects 32 clients at a time, until it is told to stop; then it says
/// how many there were, and how many of them got their answer.
void make_load(Channel& parent, std::uint16_t port) {
  unsigned connected = 0;
  unsigned got_answer = 0;
  pollfd told_to_stop{parent.descriptor(), POLLIN, 0};
  while (poll(&told_to_stop, 1, 0) == 0) {
    const auto clients = connect_clients(port, 32);
    connected += 32;
    got_answer += outcome_of(clients).answered;
  }
  parent.say(std::to_string(connected));
  parent.say(std::to_string(got_answer));
}

/// Replaces the server three times under load; returns how many
/// connections were lost.
unsigned replace_under_load(Step& step, std::string_view how,
                            bool draining) {
  constexpr std::uint16_t port = 8022;  // the network is our own
  const auto new_server = [&] {
    return Process(
        [&](Channel& parent) { serve(parent, port, draining); });
  };
  std::optional<Process> server(new_server());
  server->hear();
  Process load([&](Channel& parent) { make_load(parent, port); });
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(50ms);
    std::optional<Process> next(new_server());
    next->hear();
    server->say("stop");
    server->hear();
    server.emplace(std::move(*next));
  }
  std::this_thread::sleep_for(50ms);
  load.say("stop");
  const auto connected = std::stoul(load.hear());
  const auto lost = connected - std::stoul(load.hear());
  step.note("{}: {} of {} connections lost.", how, lost, connected);
  return static_cast<unsigned>(lost);
}

void under_load(Step& step) {
  enter_own_network(step);
  replace_under_load(step, "Closed at once", false);
  const unsigned lost = replace_under_load(step, "Drained before", true);
  step.expect(lost == 0,
              "three restarts under load lose no connection when the old "
              "server drains",
              fmt::format("{} lost", lost));
}

// A queue is full with one connection more than its backlog. It may
// happen that all clients find room: with 4 queues in one run of seven.
// Then we try again.
void separate_queues(Step& step) {
  std::vector<Row> queues;
  unsigned waiting = 0;
  for (int round = 0; round < 20 && waiting == 0; ++round) {
    std::vector<Fd> group;
    group.push_back(listen_on(0, 8));
    while (group.size() < 4)
      group.push_back(listen_on(port_of(group[0].get()), 8));
    const auto clients = connect_clients(port_of(group[0].get()), 32);
    waiting =
        32 - wait_queued({&group[0], &group[1], &group[2], &group[3]}, 32,
                         200ms);
    queues.clear();
    for (const Fd& listener : group)
      queues.push_back({fmt::format("listener {}", queues.size() + 1),
                        double(queued(listener))});
  }
  step.bars("32 clients in 4 queues of 9 places each", queues);
  step.expect(waiting > 0, "clients wait although there are 36 places",
              fmt::format("{} wait, and {} places are free", waiting,
                          36 - (32 - waiting)));

  const Fd shared = listen_on(0, 35);
  const auto clients = connect_clients(port_of(shared.get()), 32);
  const unsigned in_queue = wait_queued({&shared}, 32, 5s);
  step.expect(in_queue == 32, "one queue of 36 places takes all clients",
              fmt::format("{} of 32", in_queue));
}

void what_you_know(Step& step) {
  const Fd server = listen_on(0, 16);
  const auto clients = connect_clients(port_of(server.get()), 5);
  wait_queued({&server}, 5, 5s);
  show_sockets(step, "-ltn", port_of(server.get()));
  step.expect(queued(server) == 5,
              "five clients wait in the listener's queue",
              "tcpi_unacked says so too");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"close-with-queue", close_with_queue},
      {"migrate", migrate},
      {"drain", drain},
      {"under-load", under_load},
      {"separate-queues", separate_queues},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
