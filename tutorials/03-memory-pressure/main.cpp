// A working set larger than the memory it may have: what becomes of its
// throughput, what memory pressure says, and who is killed at the end.
// memory.high and memory.max in Documentation/admin-guide/cgroup-v2.rst,
// Documentation/accounting/psi.rst, madvise(2). Run it with:
// kerneltour run 3

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <random>
#include <thread>

#include "lesson/control_group.hpp"
#include "lesson/counter.hpp"
#include "lesson/leftovers.hpp"
#include "lesson/lesson.hpp"
#include "lesson/load.hpp"
#include "lesson/sampler.hpp"
#include "posix/error.hpp"
#include "posix/file.hpp"

using kerneltour::lesson::Channel;
using kerneltour::lesson::ControlGroup;
using kerneltour::lesson::ControlGroups;
using kerneltour::lesson::Counter;
using kerneltour::lesson::place_on_disk;
using kerneltour::lesson::PressureMeter;
using kerneltour::lesson::Process;
using kerneltour::lesson::Sampler;
using kerneltour::lesson::Stalled;
using kerneltour::lesson::Step;
using kerneltour::lesson::TemporaryDirectory;
using kerneltour::posix::Fd;
using kerneltour::posix::read_file;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t mebibyte = 1 << 20;
constexpr std::size_t working_set = 32 * mebibyte;
const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
const std::size_t pages = working_set / page;

/// A group that never takes more than 64 MiB of the host's memory, and
/// nothing of its swap space.
ControlGroup bounded_group(Step& step) {
  const ControlGroups groups(step);
  groups.need(step, "memory");
  if (kerneltour::lesson::available_memory() < 256 * mebibyte)
    step.skip("256 MiB of memory that this host can spare", "free -m");
  ControlGroup group = groups.make("memory");
  if (access(group.file("memory.pressure").c_str(), R_OK) != 0)
    step.skip("memory.pressure in control groups",
              "sudo kerneltour check --for 3");
  group.set(step, "memory.max", "64M");
  const auto swap = group.file("memory.swap.max");
  if (access(swap.c_str(), F_OK) == 0)
    group.set(step, "memory.swap.max", "0");
  return group;
}

double event(const ControlGroup& group, std::string_view name) {
  return double(group.number("memory.events", name));
}

void take(const ControlGroup& group, const Process& process) {
  group.take(process.pid());
  kerneltour::lesson::keep_on(
      process.pid(), {kerneltour::lesson::allowed_cpus().back()});
}

volatile char* map(std::size_t size, int access, int flags, int file) {
  void* const memory = mmap(nullptr, size, access, flags, file, 0);
  if (memory == MAP_FAILED)
    throw kerneltour::posix::SystemError("cannot map memory", errno);
  return static_cast<volatile char*>(memory);
}

/// The working set: a file on a disk, written and mapped.
struct Mapped {
  Fd file;
  volatile char* memory;

  explicit Mapped(const std::string& directory)
      : file(open((directory + "/pages").c_str(),
                  O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    const std::string block(mebibyte, 'x');
    for (std::size_t at = 0; at < working_set; at += mebibyte)
      if (write(file.get(), block.data(), mebibyte) < 0)
        throw kerneltour::posix::SystemError(
            "cannot write to " + directory, errno);
    fsync(file.get());  // only what the disk has can be given up
    memory = map(working_set, PROT_READ, MAP_SHARED, file.get());
    madvise(const_cast<char*>(memory), working_set, MADV_RANDOM);
  }

  void touch(std::size_t number) const {
    static_cast<void>(memory[number * page]);
  }
  /// Each page once, in leaps, for at most a second: pages a second.
  double touch_all() const {
    const auto begin = Clock::now();
    std::size_t count = 0;
    for (; count < pages && Clock::now() - begin < 1s; ++count)
      touch(count * 1237 % pages);
    return std::round(double(count) /
                      Seconds(Clock::now() - begin).count());
  }
};

/// A process in the group that touches one page of a working set after
/// the other, in no order, until it is ended.
Process worker_in(const ControlGroup& group,
                  const TemporaryDirectory& home,
                  const Counter& touched) {
  Process worker([&](Channel& parent) {
    parent.hear();  // pages belong to the group that brings them in
    const Mapped set(home.path());
    set.touch_all();
    parent.say("ready");
    for (std::minstd_rand random;; touched.add())
      set.touch(random() % pages);
  });
  take(group, worker);
  worker.say("you are in the group");
  worker.hear(20s);
  return worker;
}

void add_pressure(Sampler& sampler, const ControlGroup& group) {
  sampler.add_some("memory some", group.file("memory.pressure"));
  sampler.add_full("memory full", group.file("memory.pressure"));
}

void add_rate(Sampler& sampler, const Counter& touched) {
  sampler.add_rate("touched", "k/s",
                   [&touched] { return touched.value() / 1000; });
}

/// A group with pressure files, where we may have one.
std::optional<ControlGroup> group_with_pressure() {
  std::optional<ControlGroup> group;
  if (const auto groups = ControlGroups::find())
    group.emplace(groups->make("memory"));
  if (group && access(group->file("io.pressure").c_str(), R_OK) != 0)
    group.reset();
  return group;
}

/// Lets go of all pages of the file: whoever wants one has to read it.
void forget(Step& step, const Mapped& set) {
  const int let_go =
      madvise(const_cast<char*>(set.memory), working_set, MADV_DONTNEED);
  step.works(let_go, "madvise(memory, 32 MiB, MADV_DONTNEED)");
  errno = posix_fadvise(set.file.get(), 0, 0, POSIX_FADV_DONTNEED);
  step.works(errno ? -1 : 0,
             "posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)");
}

void missing_pages(Step& step) {
  const TemporaryDirectory home(place_on_disk(step));
  const auto group = group_with_pressure();
  const std::string place =
      group ? group->path() + "/" : "/proc/pressure/";
  const std::string suffix = group ? ".pressure" : "";
  Process worker([&](Channel& parent) {
    parent.hear();
    const Mapped set(home.path());
    set.touch_all();
    parent.say(std::to_string(set.touch_all()));
    forget(step, set);
    parent.say("they are gone");
    parent.hear();
    parent.say(std::to_string(set.touch_all()));
  });
  if (group) take(*group, worker);
  worker.say("you are where you belong");
  const double there = std::stod(worker.hear(20s));
  worker.hear();
  PressureMeter memory(place + "memory" + suffix);
  PressureMeter io(place + "io" + suffix);
  worker.say("once more");
  const double gone = std::stod(worker.hear(20s));
  const double waited[] = {memory.lap().some, io.lap().some};

  step.bars("pages touched a second",
            {{"in memory", there}, {"on the disk", gone}});
  step.expect(gone < there / 2, "what is missing has to be waited for",
              fmt::format("a page takes as long as {:.0f} in memory",
                          there / gone));
  step.note("In {}: memory some {:.1f} %, io some {:.1f} %.", place,
            waited[0], waited[1]);
  if (group)
    step.expect(waited[0] < waited[1], "it is a wait for the disk");
}

void memory_high(Step& step) {
  const auto group = bounded_group(step);
  const TemporaryDirectory home(place_on_disk(step));
  const Counter touched;
  const Process worker = worker_in(group, home, touched);

  Sampler sampler(step);
  add_rate(sampler, touched);
  add_pressure(sampler, group);
  const auto calm = sampler.watch(1s);
  group.set(step, "memory.high", "28M");
  const auto tight = sampler.watch(3s);

  step.bars("thousand pages touched a second",
            {{"all of them there", calm[0].value},
             {"7 of 8 there", tight[0].value}});
  step.expect(
      tight[0].value < calm[0].value / 2, "throughput falls",
      fmt::format("to 1 in {:.0f}",
                  calm[0].value / std::max(1e-3, tight[0].value)));
  step.expect(tight[1].value > calm[1].value, "memory pressure rises",
              fmt::format("some {:.1f} %, full {:.1f} %", tight[1].value,
                          tight[2].value));
  step.expect(
      event(group, "high") > 0 && event(group, "oom_kill") == 0,
      "the group was held back, and nobody was killed",
      fmt::format("memory.events: high {}, oom_kill {}",
                  event(group, "high"), event(group, "oom_kill")));
}

void beside_work(Step& step) {
  const auto group = bounded_group(step);
  const TemporaryDirectory home(place_on_disk(step));
  const Counter touched;
  const Process worker = worker_in(group, home, touched);
  group.set(step, "memory.high", "28M");

  PressureMeter meter(group.file("memory.pressure"));
  std::this_thread::sleep_for(1s);
  const Stalled alone = meter.lap();
  const Process other = kerneltour::lesson::busy_loop();
  take(group, other);
  meter.lap();
  std::this_thread::sleep_for(1s);
  const Stalled beside = meter.lap();

  step.bars("percent of the time", {{"alone: some", alone.some, "%"},
                                    {"alone: full", alone.full, "%"},
                                    {"beside: some", beside.some, "%"},
                                    {"beside: full", beside.full, "%"}});
  step.expect(beside.full < beside.some,
              "not all wait where one can work",
              fmt::format("some {:.1f} %, full {:.1f} %", beside.some,
                          beside.full));
}

void nothing_to_give(Step& step) {
  const auto group = bounded_group(step);
  group.set(step, "memory.high", "16M");
  const Counter touched;
  Process grower([&](Channel& parent) {
    parent.hear();
    const auto memory = map(working_set, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1);
    for (std::size_t at = 0; at < working_set; at += page) {
      memory[at] = 1;
      touched.add();
    }
    parent.hear(1h);
  });
  take(group, grower);

  Sampler sampler(step);
  sampler.add("its own", "MiB", [&touched] {
    return touched.value() * double(page) / mebibyte;
  });
  add_pressure(sampler, group);
  grower.say("you are in the group");
  const auto stuck = sampler.watch(2s);
  step.expect(stuck[1].value > 0, "it waits for memory",
              fmt::format("some {:.1f} %", stuck[1].value));
  step.expect(
      event(group, "oom_kill") == 0, "memory.high kills nobody",
      fmt::format("memory.events: high {}, oom_kill {}",
                  event(group, "high"), event(group, "oom_kill")));
}

void killed(Step& step) {
  const auto group = bounded_group(step);
  const TemporaryDirectory home(place_on_disk(step));
  const Counter touched;
  Process worker = worker_in(group, home, touched);
  Process leak([](Channel& parent) {
    parent.hear();
    const auto memory = map(4 * working_set, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1);
    for (std::size_t at = 0; at < 4 * working_set; at += page) {
      memory[at] = 1;
      if (at % (mebibyte / 4) == 0) std::this_thread::sleep_for(8ms);
    }
  });
  take(group, leak);

  Sampler sampler(step);
  sampler.add("in use", "MiB", [&group] {
    return std::round(std::stod(group.get("memory.current")) / mebibyte);
  });
  add_rate(sampler, touched);
  add_pressure(sampler, group);
  PressureMeter meter(group.file("memory.pressure"));
  std::optional<Clock::time_point> warned;
  siginfo_t end{};
  const auto ended = [&] {
    if (meter.lap().some > 10 && !warned) warned = Clock::now();
    waitid(P_PID, id_t(leak.pid()), &end, WEXITED | WNOHANG | WNOWAIT);
    return end.si_pid != 0;
  };
  leak.say("you are in the group");
  sampler.watch(4s, ended);
  if (end.si_pid == 0) {
    step.note("Nobody was killed yet, so we end the worker ourselves.");
    worker.end();
    sampler.watch(8s, ended);
  }
  const Seconds since = Clock::now() - warned.value_or(Clock::now());
  step.output("cat memory.events", group.get("memory.events"));
  step.expect(event(group, "oom_kill") > 0 && end.si_code == CLD_KILLED &&
                  end.si_status == SIGKILL,
              "at memory.max the kernel kills the leak",
              fmt::format("waitid: killed by signal {}", end.si_status));
  step.expect(warned.has_value(), "pressure was there before",
              fmt::format("some rose above 10 % {:.1f} s earlier",
                          since.count()));
}

void what_you_know(Step& step) {
  const auto text = read_file(AT_FDCWD, "/proc/pressure/memory").text;
  step.output("cat /proc/pressure/memory", text);
  const auto read = kerneltour::host::parse_pressure(text);
  step.expect(read && read->some && read->full &&
                  read->full->total <= read->some->total,
              "full is never more than some");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"missing-pages", missing_pages},
      {"memory-high", memory_high},
      {"beside-work", beside_work},
      {"nothing-to-give", nothing_to_give},
      {"killed", killed},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
