// Triggers on pressure: a threshold written to a pressure file, and
// poll(2) that wakes when it is passed. Documentation/accounting/psi.rst
// ("Monitoring for pressure thresholds"), poll(2), capabilities(7). Run
// it with: kerneltour run 7

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lesson/control_group.hpp"
#include "lesson/lesson.hpp"
#include "lesson/load.hpp"
#include "lesson/pressure.hpp"
#include "posix/fd.hpp"

using namespace std::chrono_literals;
using kerneltour::lesson::allowed_cpus;
using kerneltour::lesson::busy_loop;
using kerneltour::lesson::ControlGroup;
using kerneltour::lesson::ControlGroups;
using kerneltour::lesson::keep_on;
using kerneltour::lesson::PressureMeter;
using kerneltour::lesson::Process;
using kerneltour::lesson::Step;
using kerneltour::posix::Fd;

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr const char* remedy = "sudo kerneltour prepare --for 7";
constexpr const char* cpu = "/proc/pressure/cpu";
constexpr const char* memory = "/proc/pressure/memory";

/// 150 ms of waiting in any 2 s.
const std::string two_seconds = "some 150000 2000000";
/// The same in any second.
const std::string one_second = "some 150000 1000000";

/// Longer than a window, and than the 2 s between two looks at it.
constexpr auto patience = 10s;

Fd open_to_write(const std::string& path) {
  return Fd(open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
}

/// One write(2) of the trigger, with the zero byte at its end; it has to
/// be refused where an error is expected.
void arm(Step& step, const Fd& file, const std::string& trigger,
         int expected = 0) {
  const auto size = trigger.size() + 1;
  const auto call =
      fmt::format("write({}, \"{}\", {})", file.get(), trigger, size);
  const long answer = write(file.get(), trigger.c_str(), size);
  if (expected != 0)
    step.refused(expected, answer, "{}", call);
  else
    step.works(answer, "{}", call);
}

/// An open pressure file with the trigger in it.
Fd armed(Step& step, const std::string& path,
         const std::string& trigger) {
  Fd file = open_to_write(path);
  if (!file && (errno == EPERM || errno == EACCES))
    step.skip("the right to open " + path + " for writing", remedy);
  step.works(file.get(), "open(\"{}\", O_RDWR | O_NONBLOCK)", path);
  arm(step, file, trigger);
  return file;
}

/// Waits for the trigger; how long it took, if it came.
std::optional<Seconds> wait_for(const Fd& file,
                                std::chrono::milliseconds limit) {
  pollfd trigger{file.get(), POLLPRI, 0};
  const auto began = Clock::now();
  if (poll(&trigger, 1, static_cast<int>(limit.count())) < 1)
    return std::nullopt;
  return Clock::now() - began;
}

std::chrono::milliseconds until(Clock::time_point end) {
  const auto left = end - Clock::now();
  return std::max(0ms,
                  std::chrono::ceil<std::chrono::milliseconds>(left));
}

/// Two busy loops for each of these CPUs.
std::vector<Process> load(const std::vector<unsigned>& cpus) {
  std::vector<Process> loops;
  for (std::size_t i = 0; i < 2 * cpus.size(); ++i) {
    loops.push_back(busy_loop());
    keep_on(loops.back().pid(), cpus);
  }
  return loops;
}

// A descriptor, a threshold, a window.
void a_trigger(Step& step) {
  const Fd first = armed(step, memory, two_seconds);
  const auto size = two_seconds.size() + 1;
  const long again = write(first.get(), two_seconds.c_str(), size);
  // Linux before 5.17 put the new one in the place of the old
  // (a06247c6804f, which maintained kernels have got since).
  if (again < 0)
    step.refused(EBUSY, again, "write({}, \"{}\", {})", first.get(),
                 two_seconds, size);
  else
    step.note("This kernel still lets a second write replace the first.");
  const Fd second = armed(step, memory, "full 100000 2000000");
  step.expect(second.get() != first.get(),
              "a descriptor has one trigger, a file has many");
}

// What a threshold and a window may not be.
void the_limits(Step& step) {
  const Fd file = open_to_write(memory);
  step.works(file.get(), "open(\"{}\", O_RDWR | O_NONBLOCK)", memory);
  for (const std::string trigger :
       {"some 0 2000000", "some 3000000 2000000", "some 150000 12000000",
        "most 150000 2000000", "some 150000"})
    arm(step, file, trigger, EINVAL);

  // psi_write() puts a zero byte where the last one was.
  const std::string cut = "some 1500000 2000000";
  const long answer = write(file.get(), cut.data(), cut.size());
  step.refused(EINVAL, answer, "write({}, \"{}\", {})", file.get(), cut,
               cut.size());
  arm(step, file, cut);
}

struct FreeCapabilities {
  void operator()(cap_t set) const { cap_free(set); }
};
using Capabilities =
    std::unique_ptr<std::remove_pointer_t<cap_t>, FreeCapabilities>;

bool has_the_capability() {
  const Capabilities own(cap_get_proc());
  cap_flag_value_t value = CAP_CLEAR;
  cap_get_flag(own.get(), CAP_SYS_RESOURCE, CAP_EFFECTIVE, &value);
  return value == CAP_SET;
}

void drop_the_capability(Step& step) {
  const Capabilities own(cap_get_proc());
  constexpr cap_value_t one[] = {CAP_SYS_RESOURCE};
  cap_set_flag(own.get(), CAP_EFFECTIVE, 1, one, CAP_CLEAR);
  step.works(cap_set_proc(own.get()),
             "cap_set_proc(without CAP_SYS_RESOURCE in effect)");
}

/// A window of one second, as the kernel of this host takes it from who
/// lacks the capability.
void without_the_capability(Step& step) {
  const Fd file = open_to_write(cpu);
  struct stat found {};
  stat(cpu, &found);
  const bool for_all = (found.st_mode & S_IWOTH) != 0;
  if (!file) {
    step.refused(for_all ? EPERM : EACCES, file.get(),
                 "open(\"{}\", O_RDWR)", cpu);
    step.note("On this kernel only the capability opens the file.");
    return;
  }
  step.works(file.get(), "open(\"{}\", O_RDWR | O_NONBLOCK)", cpu);
  if (for_all) {
    arm(step, file, one_second, EINVAL);
    arm(step, file, two_seconds);
  } else {
    arm(step, file, one_second);
    step.note("Before Linux 5.13 the file's mode was the only rule.");
  }
}

// The same window with the capability CAP_SYS_RESOURCE, and without.
void two_seconds_rule(Step& step) {
  step.note("User {}: CAP_SYS_RESOURCE is {} effect.", geteuid(),
            has_the_capability() ? "in" : "not in");
  if (has_the_capability()) {
    armed(step, cpu, one_second);
    drop_the_capability(step);
  }
  without_the_capability(step);
}

// In a user namespace of our own we have every capability, in there.
void in_a_namespace(Step& step) {
  if (unshare(CLONE_NEWUSER) != 0)
    step.skip("a user namespace of our own",
              "kerneltour check user-namespaces");
  step.works(0, "unshare(CLONE_NEWUSER)");
  step.expect(has_the_capability(),
              "CAP_SYS_RESOURCE is in effect, in here");

  const Fd file = open_to_write(cpu);
  if (!file) {
    // capable() asks for the capability in the host's own namespace.
    step.refused(EPERM, file.get(), "open(\"{}\", O_RDWR)", cpu);
    return;
  }
  step.works(file.get(), "open(\"{}\", O_RDWR | O_NONBLOCK)", cpu);
  const auto size = one_second.size() + 1;
  const long answer = write(file.get(), one_second.c_str(), size);
  if (answer < 0)
    step.refused(EINVAL, answer, "write({}, \"{}\", {})", file.get(),
                 one_second, size);
  else
    step.works(answer, "write({}, \"{}\", {})", file.get(), one_second,
               size);
  step.note("On this kernel a namespace's capability is {}.",
            answer < 0 ? "not enough" : "as good as the host's");
}

// The whole host. It may be busy before we are.
void on_the_host(Step& step) {
  const Fd file = armed(step, cpu, two_seconds);
  PressureMeter meter(cpu);
  unsigned early = 0;
  for (const auto end = Clock::now() + 4500ms; Clock::now() < end;)
    if (wait_for(file, until(end))) ++early;
  step.note(
      "In 4.5 s without load of ours poll({}) woke {} times; some was "
      "{:.1f} % of that time, and the threshold is 7.5 %.",
      file.get(), early, meter.lap().some);
  step.expect(early <= 3, "it wakes at most once a window");

  const auto loops = load(allowed_cpus());
  step.note("Now there are {} busy loops.", loops.size());
  const auto latency = wait_for(file, patience);
  const auto some = meter.lap().some;
  // On a host whose other CPUs work without a queue, ours are a small
  // part of the mean, and may be below the threshold of 7.5 %.
  step.expect(latency || some < 10, "poll(2) wakes when pressure passes",
              latency ? fmt::format("after {:.2f} s; some was {:.0f} %",
                                    latency->count(), some)
                      : fmt::format("not: some was {:.1f} %", some));
}

// Two groups with a trigger each. Load comes into one of them.
void on_a_group(Step& step) {
  const ControlGroups groups(step);
  std::optional<ControlGroup> calm(groups.make("calm"));
  const ControlGroup loaded = groups.make("loaded");
  const Fd ours = armed(step, loaded.file("cpu.pressure"), two_seconds);
  const Fd other = armed(step, calm->file("cpu.pressure"), two_seconds);
  step.expect(!wait_for(ours, 2500ms),
              "while nobody is in the group poll(2) sleeps", "2.5 s");

  const auto loops = load({allowed_cpus().front()});
  for (const auto& loop : loops) loaded.take(loop.pid());
  step.note("Two busy loops share a CPU, in {}.", loaded.path());
  const auto latency = wait_for(ours, patience);
  step.expect(latency.has_value(), "poll(2) wakes when load has begun",
              latency ? fmt::format("after {:.2f} s", latency->count())
                      : fmt::format("not in {} s", patience.count()));
  const auto next = wait_for(ours, patience);
  step.expect(next.has_value(), "and again while it lasts",
              next ? fmt::format("{:.2f} s later", next->count())
                   : fmt::format("not in {} s", patience.count()));
  step.expect(!wait_for(other, 0ms), "the calm group's trigger sleeps");

  calm.reset();  // its directory is removed
  pollfd gone{other.get(), POLLPRI, 0};
  step.works(poll(&gone, 1, 1000), "poll({}, POLLPRI, 1000)",
             other.get());
  step.expect((gone.revents & POLLERR) != 0,
              "a removed group says POLLERR",
              (gone.revents & POLLPRI) != 0 ? "and POLLPRI" : "");
}

// What others write, all of it watched by one poll(2).
void what_you_know(Step& step) {
  const std::array<std::string, 3> triggers = {
      "some 200000 2000000", "some 70000 2000000", "full 100000 2000000"};
  std::vector<Fd> files;
  std::vector<pollfd> watched;
  for (const auto& trigger : triggers) {
    files.push_back(armed(step, memory, trigger));
    watched.push_back({files.back().get(), POLLPRI, 0});
  }
  const int woken = poll(watched.data(), watched.size(), 500);
  step.works(woken, "poll({{{}, {}, {}}}, 500)", watched[0].fd,
             watched[1].fd, watched[2].fd);
  for (const auto& one : watched)
    step.expect((one.revents & POLLERR) == 0,
                fmt::format("the trigger of {} lives", one.fd));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"a-trigger", a_trigger},
      {"the-limits", the_limits},
      {"two-seconds-rule", two_seconds_rule},
      {"in-a-namespace", in_a_namespace},
      {"on-the-host", on_the_host},
      {"on-a-group", on_a_group},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
