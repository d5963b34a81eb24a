#include "posix/child.hpp"

#include <doctest/doctest.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <stdexcept>
#include <thread>

using namespace kerneltour::posix;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

void say(int answer, std::string_view text) {
  if (write(answer, text.data(), text.size()) < 0) _exit(1);
}

std::string own_pid() { return std::to_string(getpid()); }

pid_t to_pid(const std::string& text) {
  pid_t pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  return pid;
}

bool gone_within(pid_t pid, Clock::duration limit) {
  for (const auto end = Clock::now() + limit; Clock::now() < end; std::this_thread::sleep_for(1ms))
    if (kill(pid, 0) != 0 && errno == ESRCH) return true;
  return false;
}

}  // namespace

TEST_CASE("a child's answer is what it wrote, in another process") {
  Child child([](int answer) {
    say(answer, own_pid());
    say(answer, " done");
  });
  const Answer answer = child.answer(Clock::now() + 5s);
  CHECK(answer.in_time);
  CHECK(answer.bytes.ends_with(" done"));
  CHECK(to_pid(answer.bytes) != getpid());
}

TEST_CASE("a child that writes nothing has an empty answer") {
  Child child([](int) {});
  const Answer answer = child.answer(Clock::now() + 5s);
  CHECK(answer.in_time);
  CHECK(answer.bytes == "");
}

TEST_CASE("an answer ends at 64 KiB, and the child with it") {
  Child child([](int answer) {
    for (;;) say(answer, std::string(1000, 'x'));
  });
  CHECK(child.answer(Clock::now() + 5s).bytes.size() == 64 << 10);
}

TEST_CASE("of a child that hangs, what it wrote before the deadline is the answer, and it is killed") {
  Child child([](int answer) {
    say(answer, "half an ");
    pause();
  });
  const auto begin = Clock::now();
  const Answer answer = child.answer(begin + 50ms);
  CHECK_FALSE(answer.in_time);
  CHECK(answer.bytes == "half an ");
  const auto waited = Clock::now() - begin;
  CHECK(waited >= 50ms);
  CHECK(waited < 3s);
}

TEST_CASE("an answer that is there counts even when the deadline has passed") {
  Child child([](int answer) { say(answer, "early"); });
  std::this_thread::sleep_for(200ms);
  CHECK(child.answer(Clock::now() - 1s).bytes == "early");
}

TEST_CASE("of a child that a signal kills, what it wrote before is the answer") {
  Child child([](int answer) {
    say(answer, "before");
    raise(SIGKILL);
    say(answer, "after");
  });
  CHECK(child.answer(Clock::now() + 5s).bytes == "before");
}

TEST_CASE("an exception in the child stays there") {
  Child child([](int answer) {
    say(answer, "before");
    throw std::runtime_error("lost");
  });
  CHECK(child.answer(Clock::now() + 5s).bytes == "before");
}

TEST_CASE("no process and no zombie is left when the object is gone") {
  pid_t pid = 0;
  {
    Child child([](int answer) {
      say(answer, own_pid() + "\n");
      close(answer);
      pause();
    });
    pid = to_pid(child.answer(Clock::now() + 5s).bytes);
    REQUIRE(pid > 0);
    CHECK(kill(pid, 0) == 0);
  }
  CHECK(kill(pid, 0) == -1);
  CHECK(errno == ESRCH);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("a child that was moved is waited for once") {
  Child child([](int answer) { say(answer, "here"); });
  Child moved(std::move(child));
  CHECK(moved.answer(Clock::now() + 5s).bytes == "here");
}

TEST_CASE("where there is no descriptor for a pipe there is no child, and it is said why") {
  Child outer([](int answer) {
    rlimit none{};
    setrlimit(RLIMIT_NOFILE, &none);
    Child inner([](int pipe) { say(pipe, "heard"); });
    if (inner.failure() && inner.failure()->error == EMFILE) say(answer, inner.failure()->call);
    say(answer, inner.answer(Clock::now() + 5s).bytes);
  });
  CHECK(outer.answer(Clock::now() + 5s).bytes == "pipe2()");
}

TEST_CASE("a user without a process to spare gets no child, and it is said why") {
  Child outer([](int answer) {
    // A user of no other process; root is under no such limit.
    constexpr uid_t lonely = 64999;
    const rlimit one{1, 1};
    if (geteuid() == 0 && setresuid(lonely, lonely, lonely) != 0) return;
    setrlimit(RLIMIT_NPROC, &one);
    Child inner([](int pipe) { say(pipe, "heard"); });
    if (inner.failure() && inner.failure()->error == EAGAIN) say(answer, inner.failure()->call);
    say(answer, inner.answer(Clock::now() + 5s).bytes);
  });
  CHECK(outer.answer(Clock::now() + 5s).bytes == "fork()");
}

TEST_CASE("a child dies with its parent") {
  // The middle process ends by a signal, so that no destructor of its own kills the innermost.
  Child middle([](int answer) {
    Child innermost([answer](int) {
      say(answer, own_pid());
      close(answer);
      pause();
    });
    // The innermost has a copy of our pipe: once it has written, the parent has its number.
    std::this_thread::sleep_for(100ms);
    raise(SIGKILL);
  });
  const pid_t innermost = to_pid(middle.answer(Clock::now() + 5s).bytes);
  REQUIRE(innermost > 0);
  CHECK(gone_within(innermost, 5s));
}

TEST_CASE("a child's standard streams are /dev/null") {
  Child child([](int answer) {
    struct stat null {};
    stat("/dev/null", &null);
    for (int stream = 0; stream < 3; ++stream) {
      struct stat status {};
      fstat(stream, &status);
      say(answer, status.st_rdev == null.st_rdev && S_ISCHR(status.st_mode) ? "n" : "?");
    }
  });
  CHECK(child.answer(Clock::now() + 5s).bytes == "nnn");
}

TEST_CASE("a parent without standard streams gets its answer too") {
  Child outer([](int answer) {
    for (int stream = 0; stream < 3; ++stream) close(stream);
    Child inner([](int pipe) { say(pipe, "heard"); });
    say(answer, inner.answer(Clock::now() + 5s).bytes);
  });
  CHECK(outer.answer(Clock::now() + 5s).bytes == "heard");
}

TEST_CASE("what the parent has buffered is not written by the child") {
  fflush(stdout);
  Child outer([](int answer) {
    dup2(answer, STDOUT_FILENO);
    fputs("buffered ", stdout);
    {
      Child inner([](int) { fputs("lost", stdout); });
      inner.answer(Clock::now() + 5s);
    }
    fflush(stdout);
  });
  CHECK(outer.answer(Clock::now() + 5s).bytes == "buffered ");
}
