#include "posix/child.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kerneltour::posix {
namespace {

constexpr std::size_t largest_answer = 64 << 10;
constexpr int first_own_descriptor = 3;  // 0, 1 and 2 are standard input, output and error

/// The parent may have died before the signal was asked for: then the child has another parent by now.
void die_with(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
}

/// Where there is no /dev/null (a bare chroot), they are closed.
void silence_standard_streams() {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int stream = 0; stream < first_own_descriptor; ++stream) {
    if (null < 0)
      close(stream);
    else
      dup2(null, stream);
  }
  if (null >= first_own_descriptor) close(null);
}

/// _exit(2), not exit(3): what the parent had in its stdio buffers is the parent's to write.
[[noreturn]] void run(const std::function<void(int)>& work, int answer, pid_t parent) {
  die_with(parent);
  // The parent may have been started with standard streams closed, so that the pipe took their numbers.
  if (answer < first_own_descriptor) answer = fcntl(answer, F_DUPFD_CLOEXEC, first_own_descriptor);
  silence_standard_streams();
  try {
    work(answer);
  } catch (...) {
    _exit(1);
  }
  // The answer ends here: to take this process's memory away, which comes first in _exit(2), takes time.
  close(answer);
  _exit(0);
}

/// What is left until `deadline`, rounded up to the milliseconds that poll(2) counts in.
int milliseconds_until(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

}  // namespace

Child::Child(const std::function<void(int answer)>& work) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    failure_ = Failure{"pipe2()", errno};
    return;
  }
  pipe_ = Fd(ends[0]);
  const Fd writer(ends[1]);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) failure_ = Failure{"fork()", errno};
  if (pid_ == 0) run(work, writer.get(), parent);
}

Child::Child(Child&& other) noexcept
    : failure_(other.failure_), pid_(std::exchange(other.pid_, -1)), pipe_(std::move(other.pipe_)) {}

Child::~Child() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Answer Child::answer(std::chrono::steady_clock::time_point deadline) {
  Answer answer;
  std::array<char, 4096> part;
  while (pid_ > 0 && answer.bytes.size() < largest_answer) {
    pollfd ready{pipe_.get(), POLLIN, 0};
    const int events = poll(&ready, 1, milliseconds_until(deadline));
    if (events < 0 && errno == EINTR) continue;
    if (events <= 0) {
      kill(pid_, SIGKILL);
      answer.in_time = false;
      break;
    }
    const std::size_t room = largest_answer - answer.bytes.size();
    const ssize_t got = read(pipe_.get(), part.data(), std::min(part.size(), room));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    answer.bytes.append(part.data(), static_cast<std::size_t>(got));
  }
  return answer;
}

}  // namespace kerneltour::posix
