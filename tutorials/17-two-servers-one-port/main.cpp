// Two processes listen on one port, and both answer; then the kernel
// lists its listeners. socket(7), listen(2), accept(2), sock_diag(7),
// netlink(7). Run it with: kerneltour run 17

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "host/host.hpp"
#include "host/programs.hpp"
#include "lesson/lesson.hpp"
#include "lesson/loopback.hpp"
#include "lesson/process.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"

namespace host = kerneltour::host;
namespace posix = kerneltour::posix;
using kerneltour::lesson::Channel;
using kerneltour::lesson::generic;
using kerneltour::lesson::loopback;
using kerneltour::lesson::port_of;
using kerneltour::lesson::Process;
using kerneltour::lesson::Step;
using posix::Fd;

namespace {

constexpr int on = 1;

/// The first four calls of the first step.
Fd listen_on(std::uint16_t port) {
  Fd server(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(port);
  if (setsockopt(server.get(), SOL_SOCKET, SO_REUSEPORT, &on,
                 sizeof on) != 0 ||
      bind(server.get(), generic(address), sizeof address) != 0 ||
      listen(server.get(), 128) != 0)
    throw posix::SystemError(
        fmt::format("cannot listen on port {}", port), errno);
  return server;
}

/// A client: connects and reads to the end.
std::string ask(std::uint16_t port) {
  const Fd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(port);
  std::array<char, 64> text;
  std::string answer;
  if (connect(client.get(), generic(address), sizeof address) != 0)
    throw posix::SystemError(
        fmt::format("cannot connect to port {}", port), errno);
  for (ssize_t got = 1; got > 0;) {
    got = read(client.get(), text.data(), text.size());
    if (got > 0)
      answer.append(text.data(), static_cast<std::size_t>(got));
  }
  return answer;
}

/// A socket's number in the kernel, as "socket:[N]" in /proc/PID/fd and
/// as `inode` in sock_diag(7).
std::string inode_of(int socket) {
  struct stat status;
  return fstat(socket, &status) == 0 ? std::to_string(status.st_ino)
                                     : "none";
}

/// What the other process of a step does: it listens, says its port and
/// its inode, and waits for its end.
void listen_and_wait(Channel& parent) {
  const Fd server = listen_on(0);
  parent.say(std::to_string(port_of(server.get())));
  parent.say(inode_of(server.get()));
  for (;;) pause();
}

std::uint16_t heard_port(Process& server) {
  return static_cast<std::uint16_t>(std::stoul(server.hear()));
}

// One server, one client.
void five_calls(Step& step) {
  const Fd server(socket(AF_INET, SOCK_STREAM, 0));
  step.works(server.get(), "socket(AF_INET, SOCK_STREAM)");
  const int set =
      setsockopt(server.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  step.works(set, "setsockopt({}, SO_REUSEPORT, 1)", server.get());
  const auto address = loopback(0);
  step.works(bind(server.get(), generic(address), sizeof address),
             "bind({}, 127.0.0.1:0)", server.get());
  step.works(listen(server.get(), 128), "listen({}, 128)", server.get());

  Process client([port = port_of(server.get())](Channel& parent) {
    parent.say(ask(port));
  });
  Fd connection(accept(server.get(), nullptr, nullptr));
  step.works(connection.get(), "accept({})", server.get());
  step.works(write(connection.get(), "hello", 5), "write({}, \"hello\")",
             connection.get());
  connection.close();
  const auto heard = client.hear();
  step.expect(heard == "hello", "the client reads the answer", heard);
}

// The same five calls, made by each of two processes, which answer with
// their process IDs.
void both_answer(Step& step) {
  const auto server_on = [](std::uint16_t port) {
    return [port](Channel& parent) {
      const Fd server(socket(AF_INET, SOCK_STREAM, 0));
      setsockopt(server.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
      const auto address = loopback(port);
      if (bind(server.get(), generic(address), sizeof address) != 0 ||
          listen(server.get(), 128) != 0)
        return parent.say(posix::error_name(errno));
      parent.say(std::to_string(port_of(server.get())));
      for (;;) {
        const Fd connection(accept(server.get(), nullptr, nullptr));
        dprintf(connection.get(), "%d", getpid());
      }
    };
  };
  Process first(server_on(0));
  const auto port = heard_port(first);
  step.note("Process {} listens on port {}.", first.pid(), port);
  Process second(server_on(port));
  const auto answer = second.hear();
  step.expect(answer == std::to_string(port),
              fmt::format("process {} listens there, too", second.pid()),
              answer);

  std::map<std::string, int> answers;
  int asked = 0;
  while (asked < 20 || (answers.size() < 2 && asked < 1000)) {
    ++answers[ask(port)];
    ++asked;
  }
  const int by_first = answers[std::to_string(first.pid())];
  const int by_second = answers[std::to_string(second.pid())];
  step.bars(
      "who answered",
      {{fmt::format("process {}", first.pid()), double(by_first)},
       {fmt::format("process {}", second.pid()), double(by_second)}});
  step.expect(by_first > 0 && by_second > 0, "both answer",
              fmt::format("{} and {} times", by_first, by_second));
  step.expect(by_first + by_second == asked,
              "every connection is answered by one of them",
              fmt::format("{} connections", asked));
}

// The other process is killed; this one, which listens on the same port,
// goes on.
void one_ends(Step& step) {
  Process other(listen_and_wait);
  const auto port = heard_port(other);
  const Fd ours = listen_on(port);
  step.note("Process {} listens on port {}, and so do we, process {}.",
            other.pid(), port, getpid());
  other.end();
  step.note(
      "That one got SIGKILL: it is gone, and its listener with it.");

  const auto address = loopback(port);
  int reached_us = 0;
  for (int asked = 0; asked < 50; ++asked) {
    const Fd client(socket(AF_INET, SOCK_STREAM, 0));
    if (connect(client.get(), generic(address), sizeof address) != 0)
      continue;
    const Fd connection(accept(ours.get(), nullptr, nullptr));
    if (connection) ++reached_us;
  }
  step.expect(reached_us == 50,
              "all new connections reach the listener that is left",
              fmt::format("{} of 50", reached_us));
}

// NETLINK_SOCK_DIAG: one message asks for the listeners of a port, and
// the kernel answers with one each.
void ask_the_kernel(Step& step) {
  Process other(listen_and_wait);
  const auto port = heard_port(other);
  const Fd ours = listen_on(port);
  const std::set<std::string> expected{inode_of(ours.get()),
                                       other.hear()};

  const Fd kernel(
      socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!kernel)
    step.skip("the kernel's module tcp_diag", "sudo modprobe tcp_diag");
  step.works(kernel.get(),
             "socket(AF_NETLINK, SOCK_DGRAM, NETLINK_SOCK_DIAG)");
  struct {
    nlmsghdr header;
    inet_diag_req_v2 wanted;
  } question{};
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.wanted.sdiag_family = AF_INET;
  question.wanted.sdiag_protocol = IPPROTO_TCP;
  question.wanted.idiag_states = 1 << TCP_LISTEN;
  question.wanted.id.idiag_sport = htons(port);
  step.works(send(kernel.get(), &question, sizeof question, 0),
             "send({}, listeners of port {})", kernel.get(), port);

  alignas(nlmsghdr) std::array<char, 32768> answer;
  std::set<std::string> listed;
  for (bool more = true; more;) {
    const ssize_t length =
        recv(kernel.get(), answer.data(), answer.size(), 0);
    auto left = static_cast<unsigned>(
        step.works(length, "recv({})", kernel.get()));
    auto* message = reinterpret_cast<nlmsghdr*>(answer.data());
    for (; more && NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      more = message->nlmsg_type == SOCK_DIAG_BY_FAMILY;
      if (!more && *static_cast<const int*>(NLMSG_DATA(message)) < 0)
        step.skip("the kernel's module tcp_diag",
                  "sudo modprobe tcp_diag");
      if (!more) break;
      const auto* listener =
          static_cast<const inet_diag_msg*>(NLMSG_DATA(message));
      listed.insert(std::to_string(listener->idiag_inode));
      step.note("- port {}, user {}, inode {}: {} wait, room for {}",
                ntohs(listener->id.idiag_sport), listener->idiag_uid,
                listener->idiag_inode, listener->idiag_rqueue,
                listener->idiag_wqueue);
    }
  }
  step.expect(
      listed == expected,
      "the kernel lists our socket and the other process's, and no more",
      fmt::format("inodes {}", fmt::join(expected, " and ")));
}

// The same question, asked by ss(8).
void ask_ss(Step& step) {
  const auto ss = host::find_program(host::Host::running(), "ss");
  if (!ss) step.skip("the program ss(8)", "sudo apt install iproute2");
  Process other(listen_and_wait);
  const auto port = heard_port(other);
  const Fd ours = listen_on(port);
  step.note("Process {} listens on port {}, and so do we, process {}.",
            other.pid(), port, getpid());

  const auto filter = fmt::format("sport = :{}", port);
  const auto ran =
      kerneltour::lesson::run_program({ss->path, "-ltnp", filter});
  step.output(fmt::format("ss -ltnp '{}'", filter), ran.output);
  int lines = 0;
  const auto name = fmt::format("127.0.0.1:{} ", port);
  for (auto at = ran.output.find(name); at != std::string::npos;
       at = ran.output.find(name, at + 1))
    ++lines;
  step.expect(lines == 2, "ss(8) shows two listeners on the port",
              fmt::format("{} lines", lines));
}

// fork(2) after listen(2) makes two processes with one listener: not the
// same thing.
void what_you_know(Step& step) {
  const Fd server = listen_on(0);
  const auto ours = inode_of(server.get());
  Process child(
      [&server](Channel& parent) { parent.say(inode_of(server.get())); });
  const auto theirs = child.hear();
  step.expect(ours == theirs,
              "a listener that was inherited is the same listener",
              fmt::format("inode {} in both processes", theirs));

  const Fd another = listen_on(port_of(server.get()));
  step.expect(inode_of(another.get()) != ours,
              "a listener of one's own is another, on the same port",
              fmt::format("inode {}", inode_of(another.get())));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"five-calls", five_calls}, {"both-answer", both_answer},
      {"one-ends", one_ends},     {"ask-the-kernel", ask_the_kernel},
      {"ask-ss", ask_ss},         {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
