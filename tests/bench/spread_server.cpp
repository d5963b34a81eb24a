// Chapter 18's workers as a server of their own, for tests/bench/spread.
//
//   spread_server PORT WORKERS < ANSWER
//
// Each worker has its own listener with SO_REUSEPORT on 127.0.0.1:PORT and gives every connection the bytes
// that were read from standard input. Runs until a signal ends it, and its workers with it.

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <vector>

// The chapter's own code without its main(): what is measured is what the lesson runs.
#define main main_of_the_chapter
#include "18-spread/main.cpp"
#undef main

namespace {

constexpr int nginx_default_backlog = 511;

int fail(const char* doing) {
  fprintf(stderr, "spread_server: %s: %s\n", doing, strerror(errno));
  return 1;
}

template <typename Number>
bool read_number(const char* text, Number& number) {
  const auto end = text + strlen(text);
  return std::from_chars(text, end, number).ptr == end && number > 0;
}

std::string read_answer() {
  std::string text;
  char part[4096];
  for (ssize_t got; (got = read(STDIN_FILENO, part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(got));
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  unsigned wanted = 0;
  if (argc != 3 || !read_number(argv[1], port) || !read_number(argv[2], wanted))
    return errno = EINVAL, fail("spread_server PORT WORKERS < ANSWER");
  const auto text = read_answer();
  if (text.empty()) return errno = ENODATA, fail("cannot read the answer from standard input");

  // Blocked here and in the workers, which are killed: so that the parent can wait for them when it is told
  // to end.
  sigset_t stop;
  sigemptyset(&stop);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&stop, signal);
  sigprocmask(SIG_BLOCK, &stop, nullptr);

  const pid_t parent = getpid();
  std::vector<pid_t> children;
  while (children.size() < wanted) {
    const auto listener = listen_beside_others(port, nginx_default_backlog);
    if (!listener) return fail("cannot listen");
    const pid_t child = fork();
    if (child < 0) return fail("cannot start a worker");
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() == parent) accept_and_answer(listener.get(), text);
      _exit(1);
    }
    children.push_back(child);
  }
  int signal = 0;
  sigwait(&stop, &signal);
  for (const pid_t child : children) kill(child, SIGKILL);
  while (wait(nullptr) > 0) {
  }
}
