// Thousands of connections over four workers, three ways: one listener
// and accept(2), one listener and epoll(7), a listener for each with
// SO_REUSEPORT. Who gets how many, and is that even? socket(7),
// accept(2), epoll_ctl(2), ss(8). Run it with: kerneltour run 18

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "lesson/lesson.hpp"
#include "lesson/loopback.hpp"
#include "lesson/process.hpp"
#include "posix/fd.hpp"

using kerneltour::lesson::Channel;
using kerneltour::lesson::generic;
using kerneltour::lesson::loopback;
using kerneltour::lesson::port_of;
using kerneltour::lesson::Process;
using kerneltour::lesson::Row;
using kerneltour::lesson::show_sockets;
using kerneltour::lesson::Step;
using kerneltour::posix::Fd;

namespace {

constexpr int on = 1;
constexpr int workers = 4;
constexpr int connections = 3000;
using Counts = std::array<int, workers>;

/// Reads the request, whatever it is, answers it and hangs up.
void answer(int connection, std::string_view text) {
  char request[4096];
  if (recv(connection, request, sizeof request, 0) > 0)
    send(connection, text.data(), text.size(), MSG_NOSIGNAL);
  close(connection);
}

/// The life of a worker with a listener to accept(2) from: one connection
/// after the other.
[[noreturn]] void accept_and_answer(int listener, std::string_view text) {
  for (;;) {
    const int connection =
        accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) answer(connection, text);
  }
}

/// A listener on 127.0.0.1:port that lets others listen there, too. It
/// owns no descriptor where a call failed: errno says why.
Fd listen_beside_others(std::uint16_t port, int backlog) {
  Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(port);
  if (setsockopt(listener.get(), SOL_SOCKET, SO_REUSEPORT, &on,
                 sizeof on) != 0 ||
      bind(listener.get(), generic(address), sizeof address) != 0 ||
      listen(listener.get(), backlog) != 0)
    return {};
  return listener;
}

Fd connect_to(Step& step, std::uint16_t port) {
  Fd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(port);
  if (connect(client.get(), generic(address), sizeof address) != 0)
    step.works(-1, "connect({}, 127.0.0.1:{})", client.get(), port);
  return client;
}

/// One connection to the workers: the number of the one that answered,
/// after it has hung up.
std::size_t ask(Step& step, std::uint16_t port) {
  const Fd client = connect_to(step, port);
  // close(2) then resets the connection: no TIME_WAIT is left, so
  // thousands of them do not use up the ports.
  constexpr linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);

  send(client.get(), "who?\n", 5, MSG_NOSIGNAL);
  std::string heard;
  char byte = 0;
  while (recv(client.get(), &byte, 1, 0) == 1) heard += byte;
  if (heard.empty())
    throw std::runtime_error(
        fmt::format("no worker answered on port {}", port));
  return std::stoul(heard);
}

std::vector<Row> rows(const Counts& counts) {
  std::vector<Row> bars;
  for (const int count : counts)
    bars.push_back({fmt::format("worker {}", bars.size() + 1),
                    static_cast<double>(count)});
  return bars;
}

/// Asks thousands of times, one connection after the other, and shows the
/// counts while they grow.
Counts ask_many(Step& step, std::uint16_t port) {
  Counts counts{};
  for (int asked = 1; asked <= connections; ++asked) {
    ++counts[ask(step, port)];
    if (asked % (connections / 6) == 0) step.sample(rows(counts));
  }
  step.bars(fmt::format("{} connections", connections), rows(counts));
  return counts;
}

void wait_until_ready(std::vector<Process>& processes) {
  for (auto& process : processes) process.hear();
}

/// The workers of own-listeners, for the steps that are about numbers.
std::vector<Process> start_workers(Step& step, std::uint16_t& port) {
  std::vector<Process> processes;
  for (int number = 0; number < workers; ++number) {
    const Fd listener = listen_beside_others(port, 128);
    if (!listener)
      step.works(-1, "a listener with SO_REUSEPORT on 127.0.0.1:{}",
                 port);
    port = port_of(listener.get());
    processes.emplace_back([&](Channel&) {
      accept_and_answer(listener.get(), std::to_string(number));
    });
  }
  step.note("{} workers, each with its own listener on port {}.", workers,
            port);
  return processes;
}

// One listener. All workers inherit it, and each waits in accept(2).
void one_listener(Step& step) {
  const Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(0);
  step.works(bind(listener.get(), generic(address), sizeof address),
             "bind({}, 127.0.0.1:0)", listener.get());
  step.works(listen(listener.get(), 128), "listen({}, 128)",
             listener.get());

  std::vector<Process> processes;
  for (int number = 0; number < workers; ++number)
    processes.emplace_back([&](Channel& parent) {
      parent.say("ready");
      for (;;) {
        const int connection =
            accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (connection >= 0) answer(connection, std::to_string(number));
      }
    });
  wait_until_ready(processes);

  const Counts counts = ask_many(step, port_of(listener.get()));
  const int least = *std::min_element(counts.begin(), counts.end());
  step.expect(least > connections / workers / 2,
              "Each worker has its turn",
              fmt::format("the least busy one answered {} of {}", least,
                          connections));
}

// The same listener, but each worker waits for it in epoll_wait(2), as
// servers with more than one socket do.
void epoll_exclusive(Step& step) {
  const Fd listener(
      socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto address = loopback(0);
  step.works(bind(listener.get(), generic(address), sizeof address),
             "bind({}, 127.0.0.1:0)", listener.get());
  step.works(listen(listener.get(), 128), "listen({}, 128)",
             listener.get());

  std::vector<Process> processes;
  for (int number = 0; number < workers; ++number)
    processes.emplace_back([&](Channel& parent) {
      const Fd epoll(epoll_create1(EPOLL_CLOEXEC));
      epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE,
                           .data = {}};
      epoll_ctl(epoll.get(), EPOLL_CTL_ADD, listener.get(), &event);
      parent.say("ready");
      for (;;) {
        epoll_wait(epoll.get(), &event, 1, -1);
        const int connection =
            accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (connection >= 0) answer(connection, std::to_string(number));
      }
    });
  wait_until_ready(processes);

  const Counts counts = ask_many(step, port_of(listener.get()));
  const int most = *std::max_element(counts.begin(), counts.end());
  step.expect(most > connections / 2, "One worker answers most of them",
              fmt::format("the busiest one answered {} of {}", most,
                          connections));
}

// A listener for each worker, all on one port. The parent closes its
// copy: each is one worker's alone.
void own_listeners(Step& step) {
  std::vector<Process> processes;
  std::uint16_t port = 0;
  for (int number = 0; number < workers; ++number) {
    const Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    step.works(setsockopt(listener.get(), SOL_SOCKET, SO_REUSEPORT, &on,
                          sizeof on),
               "setsockopt({}, SOL_SOCKET, SO_REUSEPORT, 1)",
               listener.get());
    const auto address = loopback(port);
    step.works(bind(listener.get(), generic(address), sizeof address),
               "bind({}, 127.0.0.1:{})", listener.get(), port);
    step.works(listen(listener.get(), 128), "listen({}, 128)",
               listener.get());
    port = port_of(listener.get());
    processes.emplace_back([&](Channel&) {
      accept_and_answer(listener.get(), std::to_string(number));
    });
  }

  const Counts counts = ask_many(step, port);
  const int least = *std::min_element(counts.begin(), counts.end());
  step.expect(least > connections / workers / 2,
              "Each worker gets its part",
              fmt::format("the least busy one answered {} of {}", least,
                          connections));
}

// Pearson's test: how far are the counts from even, and how often does
// chance alone go that far?
void chi_squared(Step& step) {
  std::uint16_t port = 0;
  const auto processes = start_workers(step, port);
  const Counts counts = ask_many(step, port);

  const double even = static_cast<double>(connections) / workers;
  double x = 0;
  for (const int count : counts)
    x += (count - even) * (count - even) / even;

  // The tail of the chi-squared distribution with workers - 1 = 3 degrees
  // of freedom.
  const double chance = std::erfc(std::sqrt(x / 2)) +
                        std::sqrt(2 * x / M_PI) * std::exp(-x / 2);
  step.note(
      "chi-squared = {:.2f}; even dice give this much or more in {:.2g} "
      "% of all runs.",
      x, chance * 100);
  step.expect(chance > 1e-6, "The spread is as even as chance makes it",
              fmt::format("chi-squared = {:.2f}", x));
}

// Fifty rounds each of 4, 8, 16 and 32 connections: in how many of them
// does a worker get nothing?
void eight_connections(Step& step) {
  std::uint16_t port = 0;
  const auto processes = start_workers(step, port);

  constexpr int rounds = 50;
  std::vector<Row> idle;
  for (const int few : {4, 8, 16, 32}) {
    idle.push_back({fmt::format("{} connections", few), 0});
    for (int round = 0; round < rounds; ++round) {
      Counts counts{};
      for (int asked = 0; asked < few; ++asked) ++counts[ask(step, port)];
      if (few == 8 && round == 0)
        step.bars("8 connections, the first round", rows(counts));
      if (std::count(counts.begin(), counts.end(), 0) > 0)
        ++idle.back().value;
    }
  }
  step.bars(
      fmt::format("rounds of {} that left a worker without any", rounds),
      idle);
  step.expect(idle[0].value > idle[3].value,
              "Few connections leave a worker idle more often than many",
              fmt::format("4 in {}, 32 in {} of {} rounds", idle[0].value,
                          idle[3].value, rounds));
}

// Four listeners without workers: what comes stays in their queues, where
// ss(8) counts it.
void what_you_know(Step& step) {
  std::vector<Fd> listeners;
  std::uint16_t port = 0;
  for (int number = 0; number < workers; ++number) {
    listeners.push_back(listen_beside_others(port, 128));
    if (!listeners.back())
      step.works(-1, "a listener with SO_REUSEPORT on 127.0.0.1:{}",
                 port);
    port = port_of(listeners.back().get());
  }
  std::vector<Fd> clients;
  for (int number = 0; number < 40; ++number)
    clients.push_back(connect_to(step, port));

  show_sockets(step, "-ltn", port);
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"one-listener", one_listener},
      {"epoll-exclusive", epoll_exclusive},
      {"own-listeners", own_listeners},
      {"chi-squared", chi_squared},
      {"eight-connections", eight_connections},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
