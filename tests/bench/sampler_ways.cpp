// Reads the host's pressure ten times a second in one of three ways, and prints what that cost: CPU time of
// this process and its children in microseconds, and how many readings there were.
//
//   sampler-ways sampler|reopen|cat SECONDS

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <functional>
#include <string_view>
#include <thread>

#include "lesson/reporter.hpp"
#include "lesson/sampler.hpp"
#include "posix/fd.hpp"

namespace {

using namespace std::chrono_literals;
using kerneltour::posix::Fd;

constexpr const char* files[] = {"/proc/pressure/cpu", "/proc/pressure/io", "/proc/pressure/memory"};

long microseconds(int who) {
  rusage used{};
  getrusage(who, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000L + used.ru_utime.tv_usec +
         used.ru_stime.tv_usec;
}

[[noreturn]] void fail(const char* doing) {
  fprintf(stderr, "sampler-ways: %s: %s\n", doing, strerror(errno));
  exit(1);
}

/// What a lesson does: each file opened once, and what is read told to whoever draws.
unsigned sample(std::chrono::seconds time) {
  const Fd nobody(open("/dev/null", O_WRONLY | O_CLOEXEC));
  kerneltour::lesson::Reporter reporter(nobody.get());
  kerneltour::lesson::Step step(reporter);
  kerneltour::lesson::Sampler sampler(step);
  for (const auto* file : files) sampler.add_some(file, file);
  sampler.watch(time);
  return sampler.readings();
}

unsigned ten_times_a_second(std::chrono::seconds time, const std::function<void()>& read) {
  const auto begin = std::chrono::steady_clock::now();
  unsigned readings = 0;
  for (auto next = begin; next <= begin + time; next += 100ms, ++readings) {
    std::this_thread::sleep_until(next);
    read();
  }
  return readings;
}

/// As htop (linux/Platform.c) and psi-notify do it: open, read the averages, close.
void reopen() {
  for (const auto* path : files) {
    FILE* const file = fopen(path, "re");
    if (!file) fail(path);
    double ten = 0, sixty = 0, three_hundred = 0;
    if (fscanf(file, "some avg10=%lf avg60=%lf avg300=%lf", &ten, &sixty, &three_hundred) != 3) fail(path);
    fclose(file);
  }
}

/// As a script does it; one process for all of the files.
void run_cat() {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  char* words[] = {const_cast<char*>("cat"), const_cast<char*>(files[0]), const_cast<char*>(files[1]),
                   const_cast<char*>(files[2]), nullptr};
  pid_t child = 0;
  errno = posix_spawn(&child, "/bin/cat", &actions, nullptr, words, environ);
  if (errno != 0) fail("cannot start cat");
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (waitpid(child, &status, 0) < 0 || status != 0) fail("cat");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view way = argc == 3 ? argv[1] : "";
  const std::chrono::seconds time(argc == 3 ? atoi(argv[2]) : 0);
  const long before = microseconds(RUSAGE_SELF);
  unsigned readings = 0;
  if (way == "sampler")
    readings = sample(time);
  else if (way == "reopen")
    readings = ten_times_a_second(time, reopen);
  else if (way == "cat")
    readings = ten_times_a_second(time, run_cat);
  else
    return errno = EINVAL, fail("sampler-ways sampler|reopen|cat SECONDS"), 1;
  printf("%ld %u\n", microseconds(RUSAGE_SELF) - before + microseconds(RUSAGE_CHILDREN), readings);
}
