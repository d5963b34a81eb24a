#include "lesson/load.hpp"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <time.h>

#include <algorithm>
#include <memory>

#include "posix/error.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

/// More CPUs than any machine has; the kernel refuses a mask that is smaller than its own.
constexpr int most_cpus = 8192;

struct FreeSet {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};
using CpuSet = std::unique_ptr<cpu_set_t, FreeSet>;

CpuSet empty_set() {
  CpuSet set(CPU_ALLOC(most_cpus));
  CPU_ZERO_S(CPU_ALLOC_SIZE(most_cpus), set.get());
  return set;
}

}  // namespace

std::vector<unsigned> allowed_cpus() {
  const auto set = empty_set();
  if (sched_getaffinity(0, CPU_ALLOC_SIZE(most_cpus), set.get()) != 0)
    throw posix::SystemError("cannot ask for the CPUs of this process", errno);
  std::vector<unsigned> cpus;
  for (unsigned cpu = 0; cpu < most_cpus; ++cpu)
    if (CPU_ISSET_S(cpu, CPU_ALLOC_SIZE(most_cpus), set.get())) cpus.push_back(cpu);
  return cpus;
}

void keep_on(pid_t process, const std::vector<unsigned>& cpus) {
  const auto set = empty_set();
  for (const auto cpu : cpus) CPU_SET_S(cpu, CPU_ALLOC_SIZE(most_cpus), set.get());
  if (sched_setaffinity(process, CPU_ALLOC_SIZE(most_cpus), set.get()) != 0)
    throw posix::SystemError("cannot choose the CPUs of a process", errno);
}

Process busy_loop() {
  return Process([](Channel&) {
    for (volatile unsigned long turns = 0;;) turns = turns + 1;
  });
}

std::chrono::nanoseconds cpu_time_of(pid_t process) {
  clockid_t clock{};
  // It returns an error number, and sets no errno.
  if (const int error = clock_getcpuclockid(process, &clock); error != 0)
    throw posix::SystemError("cannot find the CPU clock of a process", error);
  timespec time{};
  if (clock_gettime(clock, &time) != 0) throw posix::SystemError("cannot read a CPU clock", errno);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

CpuMeter::CpuMeter(pid_t process)
    : process_(process), time_(std::chrono::steady_clock::now()), computed_(cpu_time_of(process)) {}

double CpuMeter::lap() {
  const auto time = std::chrono::steady_clock::now();
  const auto computed = cpu_time_of(process_);
  using Seconds = std::chrono::duration<double>;
  const double share = 100 * Seconds(computed - computed_) / Seconds(time - time_);
  time_ = time;
  computed_ = computed;
  return share;
}

std::size_t available_memory() {
  const auto read = posix::read_file(AT_FDCWD, "/proc/meminfo");
  const auto words = posix::words(read.text);
  const auto found = std::find(words.begin(), words.end(), "MemAvailable:");
  if (found == words.end() || found + 1 == words.end()) return 0;
  return 1024 * posix::parse_number<std::size_t>(found[1]).value_or(0);
}

}  // namespace kerneltour::lesson
