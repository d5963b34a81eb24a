#include "lesson/process.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "posix/error.hpp"

namespace kerneltour::lesson {
namespace {

using Clock = std::chrono::steady_clock;

/// What is left of the time until `end`, as poll(2) takes it.
int milliseconds_until(Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

bool readable_until(int descriptor, Clock::time_point end) {
  pollfd ready{descriptor, POLLIN, 0};
  int events = 0;
  do events = poll(&ready, 1, milliseconds_until(end));
  while (events < 0 && errno == EINTR);
  return events > 0;
}

std::pair<posix::Fd, posix::Fd> make_pair(int type) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw posix::SystemError("cannot make a pair of sockets", errno);
  return {posix::Fd(ends[0]), posix::Fd(ends[1])};
}

/// Ends this process when its parent ends; at once where it ended already. A parent in another PID namespace
/// has no number here, getppid(2) says 0, and what tells is that the other end of `socket`, which was the
/// parent's, is closed.
void die_with(pid_t parent, int socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const pid_t now = getppid();
  pollfd hung_up{socket, 0, 0};
  if ((now != parent && now != 0) || poll(&hung_up, 1, 0) > 0) _exit(1);
}

[[noreturn]] void become(const std::function<void(Channel&)>& work, posix::Fd socket, pid_t parent) {
  die_with(parent, socket.get());
  Channel channel(std::move(socket));
  try {
    work(channel);
  } catch (...) {
    _exit(1);
  }
  _exit(0);
}

[[noreturn]] void execute(const std::vector<std::string>& command, int output, pid_t parent) {
  die_with(parent, output);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::string locale = "LC_ALL=C.UTF-8";
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  std::array<char*, 3> environment{locale.data(), path.data(), nullptr};
  execve(arguments[0], arguments.data(), environment.data());
  _exit(127);
}

int exit_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

void Channel::say(std::string_view text) {
  const auto line = fmt::format("{}\n", text);
  if (send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) < 0)
    throw posix::SystemError("cannot speak to the other process", errno);
}

std::string Channel::hear(std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  std::array<char, 4096> part;
  auto newline = heard_.find('\n');
  while (newline == std::string::npos) {
    if (!readable_until(socket_.get(), end))
      throw std::runtime_error("the other process said nothing in time");
    const auto got = read(socket_.get(), part.data(), part.size());
    if (got <= 0) throw std::runtime_error("the other process ended without a word");
    heard_.append(part.data(), static_cast<std::size_t>(got));
    newline = heard_.find('\n');
  }
  auto line = heard_.substr(0, newline);
  heard_.erase(0, newline + 1);
  return line;
}

Process::Process(const std::function<void(Channel& parent)>& work) : channel_(posix::Fd()) {
  auto [ours, theirs] = make_pair(SOCK_STREAM);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) throw posix::SystemError("cannot start a process", errno);
  if (pid_ == 0) {
    ours.close();
    become(work, std::move(theirs), parent);
  }
  channel_ = Channel(std::move(ours));
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), channel_(std::move(other.channel_)) {}

Process::~Process() { end(); }

void Process::wait() {
  while (pid_ >= 0 && waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

void Process::end() {
  if (pid_ >= 0) kill(pid_, SIGKILL);
  wait();
}

Ran run_program(const std::vector<std::string>& command, std::chrono::milliseconds limit) {
  constexpr std::size_t longest = 64 << 10;
  auto [reader, writer] = make_pair(SOCK_STREAM);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) throw posix::SystemError("cannot start " + command.at(0), errno);
  if (pid == 0) {
    reader.close();
    execute(command, writer.get(), parent);
  }
  writer.close();
  Ran ran;
  const auto end = Clock::now() + limit;
  std::array<char, 4096> part;
  while (ran.output.size() < longest && readable_until(reader.get(), end)) {
    const auto got = read(reader.get(), part.data(), part.size());
    if (got <= 0) break;
    ran.output.append(part.data(), static_cast<std::size_t>(got));
  }
  if (Clock::now() >= end) kill(pid, SIGKILL);
  reader.close();
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  ran.status = exit_status(status);
  return ran;
}

}  // namespace kerneltour::lesson
