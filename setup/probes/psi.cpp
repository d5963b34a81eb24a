// Documentation/accounting/psi.rst

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>

#include "posix/fd.hpp"
#include "probes/catalogue.hpp"
#include "probes/last_call.hpp"
#include "probes/open_files.hpp"

namespace kerneltour::probes {
namespace {

constexpr const char* file_name = "/proc/pressure/cpu";

/// Elsewhere process 1 may be any program, and need not reap orphans. (include/linux/proc_ns.h:
/// PROC_PID_INIT_INO)
bool in_initial_pid_namespace() {
  std::array<char, 32> link{};
  if (readlink("/proc/self/ns/pid", link.data(), link.size() - 1) < 0) return false;
  return std::string_view(link.data()) == "pid:[4026531836]";
}

/// Closing a trigger waits for an RCU grace period, 10 ms and more (psi_trigger_destroy(),
/// synchronize_rcu()), and so does whoever waits for this process to end. So a child shares the file and
/// outlives us by that time; init reaps it.
void close_after_us(int trigger) {
  if (!in_initial_pid_namespace()) return;
  const pid_t prober = getpid();
  if (fork() != 0) return;
  close_all_but(trigger);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() == prober) pause();
  _exit(0);
}

/// The trigger is gone when its file is closed.
Outcome arm(const std::string& trigger) {
  const std::string writing = "write(/proc/pressure/cpu, \"" + trigger + "\")";
  LastCall last;
  const posix::Fd file(open(file_name, O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (last.made("open(/proc/pressure/cpu, O_RDWR)", file.get()) &&
      last.made(writing,
                write(file.get(), trigger.c_str(), trigger.size() + 1)))  // its NUL too, as psi.rst does
    close_after_us(file.get());
  return last.outcome();
}

}  // namespace

Outcome psi_read(Namespaces&) {
  LastCall last;
  const posix::Fd file(open(file_name, O_RDONLY | O_CLOEXEC));
  if (!last.made("open(/proc/pressure/cpu, O_RDONLY)", file.get())) return last.outcome();

  std::array<char, 256> text;
  const ssize_t length = read(file.get(), text.data(), text.size());
  if (last.made("read(/proc/pressure/cpu)", length))
    last.gave("read(/proc/pressure/cpu)",
              std::string_view(text.data(), static_cast<std::size_t>(length)).starts_with("some avg10="));
  return last.outcome();
}

// A window that is a multiple of 2 s is all that the kernel gives without CAP_SYS_RESOURCE (d82caa273565).
Outcome psi_trigger(Namespaces&) { return arm("some 150000 2000000"); }

Outcome psi_trigger_privileged(Namespaces&) { return arm("some 150000 1000000"); }

}  // namespace kerneltour::probes
