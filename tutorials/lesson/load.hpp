#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <vector>

#include "lesson/process.hpp"

namespace kerneltour::lesson {

/// The CPUs that this process may run on (sched_getaffinity(2)), lowest first.
std::vector<unsigned> allowed_cpus();

/// Restricts a process, 0 for this one, to these CPUs (sched_setaffinity(2)). Throws posix::SystemError.
void keep_on(pid_t process, const std::vector<unsigned>& cpus);

/// A child that computes and never waits for anything, until it is ended.
Process busy_loop();

/// The CPU time that a process has had (clock_getcpuclockid(3)). Throws posix::SystemError.
std::chrono::nanoseconds cpu_time_of(pid_t process);

/// The share of one CPU that a process gets, exact: the change of its CPU time over the change of the
/// monotonic clock.
class CpuMeter {
 public:
  /// Measures from now on. Throws as cpu_time_of() does.
  explicit CpuMeter(pid_t process);

  /// Percent of one CPU since the last lap, or since the beginning.
  double lap();

 private:
  pid_t process_;
  std::chrono::steady_clock::time_point time_;
  std::chrono::nanoseconds computed_;
};

/// Memory that the host can give to new programs without swapping, in bytes (MemAvailable of /proc/meminfo,
/// proc(5)); 0 where it does not say.
std::size_t available_memory();

}  // namespace kerneltour::lesson
