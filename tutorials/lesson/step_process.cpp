#include "lesson/step_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <optional>

#include "lesson/leftovers.hpp"
#include "lesson/reporter.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"

namespace kerneltour::lesson {
namespace {

/// What the parent learns from the pipe and from waitpid(2).
struct Course {
  bool held = true;
  bool skipped = false;
  bool ended = false;  ///< the step's function returned
};

/// The last line of a step. Without it the reader would wait for processes that the step left, and that hold
/// the pipe too.
constexpr std::string_view last_line = "end";

void quiet_standard_streams() {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, stream);
}

/// Whoever starts us may not be killed when memory runs out, as what udev starts, and that is inherited. What
/// a step uses is its own fault. Raising the number is allowed to everybody (proc(5), oom_score_adj).
void may_be_killed() {
  const posix::Fd file(open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC));
  char sign = 0;
  if (!file || pread(file.get(), &sign, 1, 0) != 1 || sign != '-') return;
  [[maybe_unused]] const auto written = pwrite(file.get(), "0", 1, 0);
}

/// The child: it may do what it likes with itself, and ends with all of it.
[[noreturn]] void become_step(const StepCode& code, const StopSignals& signals, int pipe, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  setpgid(0, 0);
  signals.restore();
  quiet_standard_streams();
  may_be_killed();
  Reporter reporter(pipe);
  Step step(reporter);
  try {
    code.run(step);
  } catch (const StepEnds&) {
  } catch (const std::exception& error) {
    step.expect(false, "the step runs to its end", error.what());
  }
  const auto line = fmt::format("{}\n", last_line);
  _exit(write(pipe, line.data(), line.size()) < 0 ? 1 : 0);
}

/// Kills the group, and then whatever left it: as subreaper we are the parent of every orphan.
void end_all(pid_t group) {
  kill(-group, SIGKILL);
  for (;;) {
    const pid_t ended = waitpid(-1, nullptr, WNOHANG);
    if (ended > 0) continue;
    if (ended < 0) return;  // ECHILD: none is left
    const auto path = fmt::format("/proc/self/task/{}/children", gettid());
    const posix::Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 4096> text{};
    const auto length = file ? read(file.get(), text.data(), text.size() - 1) : 0;
    if (length > 0) {
      char* rest = text.data();
      while (const auto pid = static_cast<pid_t>(strtol(rest, &rest, 10))) kill(pid, SIGKILL);
    }
    waitpid(-1, nullptr, 0);
  }
}

/// Hands on the whole lines at the beginning of `bytes`, and takes them away.
void hand_on(std::string& bytes, Course& course, const std::function<void(const Event&)>& show) {
  for (auto end = bytes.find('\n'); end != std::string::npos; end = bytes.find('\n')) {
    const auto line = bytes.substr(0, end);
    bytes.erase(0, end + 1);
    course.ended = course.ended || line == last_line;
    if (course.ended) return;
    const auto event = from_line(line);
    course.held = course.held && event.held;
    course.skipped = course.skipped || event.kind == Event::Kind::skipped;
    show(event);
  }
}

/// Reads until the step's processes have all closed the pipe, or a signal came.
bool listen_to(int pipe, const StopSignals& signals, Course& course,
               const std::function<void(const Event&)>& show) {
  std::string bytes;
  std::array<char, 4096> part;
  while (!course.ended) {
    if (!signals.wait_for(pipe)) return false;
    const auto got = read(pipe, part.data(), part.size());
    if (got <= 0) return true;
    bytes.append(part.data(), static_cast<std::size_t>(got));
    hand_on(bytes, course, show);
  }
  return true;
}

/// A step that crashed told nothing of it.
void tell_crash(int status, Course& course, const std::function<void(const Event&)>& show) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  course.held = false;
  const auto how = WIFSIGNALED(status) ? fmt::format("it was ended by {}", strsignal(WTERMSIG(status)))
                                       : fmt::format("it ended with status {}", WEXITSTATUS(status));
  show({.kind = Event::Kind::expectation,
        .text = "the step runs to its end",
        .detail = how,
        .held = false,
        .rows = {}});
}

}  // namespace

std::string_view name_of(StepStatus status) {
  constexpr std::string_view names[] = {"passed", "failed", "skipped", "stopped"};
  return names[static_cast<std::size_t>(status)];
}

StepStatus run_step(const StepCode& code, const StopSignals& signals,
                    const std::function<void(const Event&)>& show) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw posix::SystemError("cannot make a pipe", errno);
  const posix::Fd reader(ends[0]);
  posix::Fd writer(ends[1]);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw posix::SystemError("cannot start the step's process", errno);
  if (child == 0) become_step(code, signals, writer.get(), parent);
  setpgid(child, child);  // whichever of the two comes first
  writer.close();

  Course course;
  const bool heard_out = listen_to(reader.get(), signals, course, show);
  int status = 0;
  if (heard_out) waitpid(child, &status, 0);
  end_all(child);
  remove_leftovers();  // a step that was killed could not
  if (!heard_out) return StepStatus::stopped;
  tell_crash(status, course, show);
  if (!course.held) return StepStatus::failed;
  return course.skipped ? StepStatus::skipped : StepStatus::passed;
}

}  // namespace kerneltour::lesson
