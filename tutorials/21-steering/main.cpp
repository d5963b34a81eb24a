// A classic BPF program chooses the socket: always the same one, by CPU,
// by a byte of the datagram. socket(7) SO_ATTACH_REUSEPORT_CBPF,
// sched_setaffinity(2). Run it with: kerneltour run 21

#include <fmt/format.h>
#include <linux/filter.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <iterator>
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
using kerneltour::lesson::run_program;
using kerneltour::lesson::show_sockets;
using kerneltour::lesson::Step;
using kerneltour::posix::Fd;

namespace {

constexpr int on = 1;
constexpr unsigned most_cpus = 8;

/// Sockets on one free port of 127.0.0.1, in the order in which a program
/// counts them: TCP ones listen.
std::vector<Fd> group_of(Step& step, std::size_t count, int type) {
  std::vector<Fd> group;
  std::uint16_t port = 0;
  while (group.size() < count) {
    group.emplace_back(socket(AF_INET, type | SOCK_CLOEXEC, 0));
    const int member = group.back().get();
    const auto address = loopback(port);
    setsockopt(member, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(member, generic(address), sizeof address) != 0)
      step.works(-1, "bind({}, 127.0.0.1:{})", member, port);
    if (type == SOCK_STREAM && listen(member, 128) != 0)
      step.works(-1, "listen({}, 128)", member);
    port = port_of(member);
  }
  step.note("{} sockets share port {}.", count, port);
  return group;
}

Fd client_of(Step& step, int type, std::uint16_t port) {
  Fd client(socket(AF_INET, type | SOCK_CLOEXEC, 0));
  // close(2) then resets a connection: it leaves no TIME_WAIT behind.
  constexpr linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  const auto address = loopback(port);
  if (connect(client.get(), generic(address), sizeof address) != 0)
    step.works(-1, "connect({}, 127.0.0.1:{})", client.get(), port);
  return client;
}

/// The socket at which something has arrived.
std::size_t reached(const std::vector<Fd>& group) {
  std::vector<pollfd> waiting;
  for (const auto& member : group)
    waiting.push_back({member.get(), POLLIN, 0});
  if (poll(waiting.data(), waiting.size(), 10'000) != 1)
    throw std::runtime_error(
        "what was sent did not reach exactly one socket within 10 "
        "seconds");
  std::size_t number = 0;
  while (waiting[number].revents == 0) ++number;
  return number;
}

/// Sends one datagram from a new port and takes it where it arrives: the
/// number of that socket.
std::size_t send_to(Step& step, const std::vector<Fd>& group,
                    std::string_view text) {
  const Fd client = client_of(step, SOCK_DGRAM, port_of(group[0].get()));
  if (send(client.get(), text.data(), text.size(), 0) < 0)
    step.works(-1, "send({}, \"{}\")", client.get(), text);
  const auto number = reached(group);
  char datagram[16];
  recv(group[number].get(), datagram, sizeof datagram, 0);
  return number;
}

/// The CPUs that this process may run on, the first few of them.
std::vector<unsigned> allowed_cpus() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<unsigned> cpus;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE && cpus.size() < most_cpus;
       ++cpu)
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  return cpus;
}

void run_on(Step& step, unsigned cpu) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  step.works(sched_setaffinity(0, sizeof only, &only),
             "sched_setaffinity(0, {{{}}})", cpu);
}

std::vector<Row> bars_of(const std::vector<std::size_t>& counts) {
  std::vector<Row> bars;
  for (const auto count : counts)
    bars.push_back({fmt::format("socket {}", bars.size()),
                    static_cast<double>(count)});
  return bars;
}

// The shortest program: return 2. Then, in its place, one that returns 7.
void a_program(Step& step) {
  const auto group = group_of(step, 4, SOCK_DGRAM);
  for (const unsigned answer : {2U, 7U}) {
    sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, answer)};
    const sock_fprog program = {.len = std::size(code), .filter = code};
    step.works(
        setsockopt(group[0].get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
                   &program, sizeof program),
        "setsockopt({}, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, {{return "
        "{}}})",
        group[0].get(), answer);

    std::vector<std::size_t> counts(4);
    for (int flow = 0; flow < 400; ++flow)
      ++counts[send_to(step, group, "hello")];
    step.bars(
        fmt::format("400 datagrams, the program returns {}", answer),
        bars_of(counts));
    if (answer == 2)
      step.expect(counts[2] == 400, "Socket 2 gets every datagram",
                  fmt::format("{} of 400", counts[2]));
    else
      step.expect(std::count(counts.begin(), counts.end(), 0U) == 0,
                  "There is no socket 7: the hash chooses instead, and "
                  "none is lost");
  }
}

// The program: the number of the CPU that handles the packet, modulo the
// number of sockets.
void by_cpu(Step& step) {
  const auto cpus = allowed_cpus();
  const auto sockets =
      static_cast<unsigned>(std::max<std::size_t>(2, cpus.size()));
  const auto listeners = group_of(step, sockets, SOCK_STREAM);

  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
               static_cast<__u32>(SKF_AD_OFF + SKF_AD_CPU)),
      BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, sockets),
      BPF_STMT(BPF_RET | BPF_A, 0),
  };
  const sock_fprog program = {.len = std::size(code), .filter = code};
  step.works(
      setsockopt(listeners[0].get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
                 &program, sizeof program),
      "setsockopt({}, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, {{return cpu "
      "% {}}})",
      listeners[0].get(), sockets);

  for (const unsigned cpu : cpus) {
    run_on(step, cpu);
    int right = 0;
    for (int connection = 0; connection < 50; ++connection) {
      const Fd client =
          client_of(step, SOCK_STREAM, port_of(listeners[0].get()));
      const auto number = reached(listeners);
      const Fd accepted(accept4(listeners[number].get(), nullptr, nullptr,
                                SOCK_CLOEXEC));
      right += number == cpu % sockets;
    }
    step.expect(right == 50,
                fmt::format("Connections from CPU {} reach socket {}",
                            cpu, cpu % sockets),
                fmt::format("{} of 50", right));
  }
}

// The program: the first byte of the datagram, less '0'.
void by_byte(Step& step) {
  const auto group = group_of(step, 4, SOCK_DGRAM);

  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
      BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, '0'),
      BPF_STMT(BPF_RET | BPF_A, 0),
  };
  const sock_fprog program = {.len = std::size(code), .filter = code};
  step.works(
      setsockopt(group[0].get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
                 &program, sizeof program),
      "setsockopt({}, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, {{return "
      "byte[0] - '0'}})",
      group[0].get());

  for (std::size_t wanted = 0; wanted < 4; ++wanted) {
    const auto text = fmt::format("{} hello", wanted);
    int right = 0;
    for (int flow = 0; flow < 50; ++flow)
      right += send_to(step, group, text) == wanted;
    step.expect(right == 50,
                fmt::format("\"{}\" reaches socket {}", text, wanted),
                fmt::format("{} of 50, each from another port", right));
  }
}

// The program: the queue of the network device that the packet came in
// by, modulo the number of sockets.
void not_by_queue(Step& step) {
  const auto group = group_of(step, 4, SOCK_DGRAM);

  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
               static_cast<__u32>(SKF_AD_OFF + SKF_AD_QUEUE)),
      BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 4),
      BPF_STMT(BPF_RET | BPF_A, 0),
  };
  const sock_fprog program = {.len = std::size(code), .filter = code};
  step.works(
      setsockopt(group[0].get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
                 &program, sizeof program),
      "setsockopt({}, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, {{return "
      "queue % 4}})",
      group[0].get());

  std::vector<std::size_t> counts(4);
  for (const unsigned cpu : allowed_cpus()) {
    run_on(step, cpu);
    for (int flow = 0; flow < 50; ++flow)
      ++counts[send_to(step, group, "hello")];
  }
  step.bars("50 datagrams from each CPU", bars_of(counts));
  step.expect(std::count(counts.begin(), counts.end(), 0U) == 3,
              "One socket gets everything");
  step.output(
      "ls /sys/class/net/lo/queues",
      run_program({"/bin/ls", "/sys/class/net/lo/queues"}).output);
}

// Steered by the first byte: one datagram to socket 0, two to socket 1,
// three to socket 3. Nobody reads them.
void what_you_know(Step& step) {
  const auto group = group_of(step, 4, SOCK_DGRAM);
  const auto port = port_of(group[0].get());
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
      BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, '0'),
      BPF_STMT(BPF_RET | BPF_A, 0),
  };
  const sock_fprog program = {.len = std::size(code), .filter = code};
  step.works(
      setsockopt(group[0].get(), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
                 &program, sizeof program),
      "setsockopt({}, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, {{return "
      "byte[0] - '0'}})",
      group[0].get());
  for (const char* digit : {"0", "1", "1", "3", "3", "3"})
    send(client_of(step, SOCK_DGRAM, port).get(), digit, 1, 0);

  show_sockets(step, "-uan", port);
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"a-program", a_program},
      {"by-cpu", by_cpu},
      {"by-byte", by_byte},
      {"not-by-queue", not_by_queue},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
