// SO_REUSEPORT from Ruby: why TCPServer comes too late, what works, and
// Ruby and C++ on one port. socket(7), bind(2), listen(2), ruby(1). Run
// it with: kerneltour run 23

#include <errno.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "host/programs.hpp"
#include "lesson/lesson.hpp"
#include "lesson/loopback.hpp"
#include "lesson/process.hpp"
#include "posix/text.hpp"

using kerneltour::lesson::Channel;
using kerneltour::lesson::generic;
using kerneltour::lesson::loopback;
using kerneltour::lesson::port_of;
using kerneltour::lesson::Process;
using kerneltour::lesson::Row;
using kerneltour::lesson::run_program;
using kerneltour::lesson::show_sockets;
using kerneltour::lesson::Step;
using kerneltour::posix::Fd;

namespace {

constexpr int on = 1;

/// The article's echo server. Each answer begins with the number of the
/// process that gives it.
const std::string echo_server = R"ruby(require "socket"

server = Socket.new(:INET, :STREAM)
server.setsockopt(:SOCKET, :REUSEPORT, true)
server.bind(Addrinfo.tcp("127.0.0.1", ARGV[0].to_i))
server.listen(128)
$stdout.puts "listening"
$stdout.flush

loop do
  client, _ = server.accept
  while (line = client.gets)
    client.puts "#{Process.pid} #{line}"
  end
  client.close
end
)ruby";

std::string ruby(Step& step) {
  const auto program = kerneltour::host::find_program(
      kerneltour::host::Host::running(), "ruby");
  if (!program) step.skip("ruby(1)", "sudo apt-get install ruby");
  return program->path;
}

/// Starts the echo server in a process of its own; what it prints is what
/// the process says.
Process start_ruby(const std::string& path, std::uint16_t port) {
  const auto argument = std::to_string(port);
  return Process([&](Channel& parent) {
    dup2(parent.descriptor(), STDOUT_FILENO);
    execl(path.c_str(), "ruby", "-e", echo_server.c_str(),
          argument.c_str(), nullptr);
  });
}

/// The same in C++, for a socket that listens already.
void echo(const Fd& server) {
  std::array<char, 256> line;
  const auto pid = fmt::format("{} ", getpid());
  while (const Fd client{accept(server.get(), nullptr, nullptr)}) {
    for (ssize_t got;
         (got = recv(client.get(), line.data(), line.size(), 0)) > 0;) {
      send(client.get(), pid.data(), pid.size(), MSG_NOSIGNAL);
      send(client.get(), line.data(), static_cast<std::size_t>(got),
           MSG_NOSIGNAL);
    }
  }
}

/// One client: says hello, and returns what comes back: "4711 hello".
std::string say_hello(std::uint16_t port) {
  const Fd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{5, 0};
  setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const auto address = loopback(port);
  std::string answer;
  std::array<char, 256> part;
  if (connect(client.get(), generic(address), sizeof address) != 0)
    return answer;
  send(client.get(), "hello\n", 6, MSG_NOSIGNAL);
  while (!answer.ends_with('\n')) {
    const auto got = recv(client.get(), part.data(), part.size(), 0);
    if (got <= 0) return answer;
    answer.append(part.data(), static_cast<std::size_t>(got));
  }
  answer.pop_back();
  return answer;
}

// The option of the first server comes after its bind(2), and the second
// has bound before it could have one.
void too_late(Step& step) {
  const std::string source = R"ruby(
    require "socket"
    first = TCPServer.new("127.0.0.1", 0)
    first.setsockopt(:SOCKET, :REUSEPORT, true)
    puts "the first server has port #{first.addr[1]}"
    begin
      second = TCPServer.new("127.0.0.1", first.addr[1])
      second.setsockopt(:SOCKET, :REUSEPORT, true)
      puts "the second server has port #{second.addr[1]}"
    rescue Errno::EADDRINUSE => refused
      puts "EADDRINUSE: #{refused.message}"
    end)ruby";

  const auto ran = run_program({ruby(step), "-e", source});
  step.output("ruby too_late.rb", ran.output);
  step.expect(ran.status == 0 &&
                  ran.output.find("\nEADDRINUSE:") != std::string::npos,
              "the second TCPServer is refused, as expected");
}

// Socket.new does what socket(2) does and no more, so that there is time
// for the option.
void option_first(Step& step) {
  const std::string source = R"ruby(
    require "socket"
    def server_on(port)
      server = Socket.new(:INET, :STREAM)
      server.setsockopt(:SOCKET, :REUSEPORT, true)
      server.bind(Addrinfo.tcp("127.0.0.1", port))
      server.listen(128)
      server
    end
    first = server_on(0)
    second = server_on(first.local_address.ip_port)
    puts "first:  #{first.local_address.inspect_sockaddr}"
    puts "second: #{second.local_address.inspect_sockaddr}")ruby";

  const auto ran = run_program({ruby(step), "-e", source});
  step.output("ruby option_first.rb", ran.output);
  const auto words = kerneltour::posix::words(
      ran.output);  // "first: 127.0.0.1:40000 second: 127.0.0.1:40000"
  step.expect(
      ran.status == 0 && words.size() == 4 && words[1] == words[3],
      "both servers have the same port");
}

// Above each call the line of Ruby that makes the same call.
void line_by_line(Step& step) {
  // server = Socket.new(:INET, :STREAM)
  const Fd server(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  step.works(server.get(), "socket(AF_INET, SOCK_STREAM)");

  // server.setsockopt(:SOCKET, :REUSEPORT, true)
  const int set =
      setsockopt(server.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  step.works(set, "setsockopt({}, SOL_SOCKET, SO_REUSEPORT, 1)",
             server.get());

  // server.bind(Addrinfo.tcp("127.0.0.1", 0))
  const auto address = loopback(0);
  step.works(bind(server.get(), generic(address), sizeof address),
             "bind({}, 127.0.0.1:0)", server.get());

  // server.listen(128)
  step.works(listen(server.get(), 128), "listen({}, 128)", server.get());

  const auto port = port_of(server.get());
  step.output("cat echo.rb", echo_server);
  Process joined = start_ruby(ruby(step), port);
  const auto said = joined.hear();
  step.expect(said == "listening", "a Ruby server joins our port",
              fmt::format("port {}: {}", port, said));
}

/// The article's port where it is free. SO_REUSEADDR: connections of an
/// earlier run, in TIME_WAIT, do not count.
std::uint16_t choose_port(Step& step) {
  constexpr std::uint16_t wanted = 10021;
  const Fd probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto address = loopback(wanted);
  if (bind(probe.get(), generic(address), sizeof address) == 0 &&
      listen(probe.get(), 1) == 0)
    return wanted;
  step.note(
      "Port {0} is busy on this host (`ss -ltnp 'sport = :{0}'` shows "
      "with what): we take another.",
      wanted);
  return 0;
}

void four_servers(Step& step) {
  const Fd ours(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  setsockopt(ours.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  const auto address = loopback(choose_port(step));
  step.works(bind(ours.get(), generic(address), sizeof address),
             "bind({}, 127.0.0.1:{})", ours.get(),
             ntohs(address.sin_port));
  step.works(listen(ours.get(), 128), "listen({}, 128)", ours.get());

  const auto port = port_of(ours.get());
  std::vector<Process> servers;
  servers.emplace_back([&](Channel&) { echo(ours); });
  for (int i = 0; i < 3; ++i)
    servers.push_back(start_ruby(ruby(step), port));
  std::vector<Row> answers;
  for (Process& server : servers) {
    const bool is_ours = answers.empty();
    if (!is_ours) server.hear();  // "listening"
    answers.push_back(
        {fmt::format("{} {}", is_ours ? "C++ " : "Ruby", server.pid())});
  }

  for (int i = 0; i < 400; ++i) {
    const auto answer = say_hello(port);
    for (std::size_t n = 0; n < servers.size(); ++n) {
      if (answer == fmt::format("{} hello", servers[n].pid()))
        answers[n].value += 1;
    }
  }
  step.bars(fmt::format("400 connections to port {}", port), answers);
  const auto some =
      std::count_if(answers.begin(), answers.end(),
                    [](const Row& bar) { return bar.value > 0; });
  step.expect(some == 4, "all four servers answer",
              fmt::format("{} of 4", some));
  double sum = 0;
  for (const Row& bar : answers) sum += bar.value;
  step.expect(sum == 400, "every connection is answered by one of them",
              fmt::format("{} of 400", sum));
}

// The port is kept by a socket that does not listen: the kernel sends it
// no connection.
void what_you_know(Step& step) {
  const Fd keeper(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  setsockopt(keeper.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  const auto address = loopback(0);
  step.works(bind(keeper.get(), generic(address), sizeof address),
             "bind({}, 127.0.0.1:0)", keeper.get());
  const auto port = port_of(keeper.get());

  std::vector<Process> servers;
  for (int i = 0; i < 3; ++i)
    servers.push_back(start_ruby(ruby(step), port));
  for (Process& server : servers) server.hear();  // "listening"
  const auto listed = show_sockets(step, "-Hltnp", port);
  const auto lines = std::count(listed.begin(), listed.end(), '\n');
  step.expect(lines == 3, "ss lists three listeners on one port",
              fmt::format("{} lines", lines));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"too-late", too_late},           {"option-first", option_first},
      {"line-by-line", line_by_line},   {"four-servers", four_servers},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
