// Writers that wait for a disk, and how io pressure counts them: some,
// full, and what a limit does. Documentation/accounting/psi.rst,
// fdatasync(2), io.max in Documentation/admin-guide/cgroup-v2.rst. Run it
// with: kerneltour run 4

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <sstream>
#include <thread>

#include "lesson/control_group.hpp"
#include "lesson/leftovers.hpp"
#include "lesson/lesson.hpp"
#include "lesson/load.hpp"
#include "lesson/sampler.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

using kerneltour::lesson::Channel;
using kerneltour::lesson::ControlGroup;
using kerneltour::lesson::ControlGroups;
using kerneltour::lesson::place_on_disk;
using kerneltour::lesson::PressureMeter;
using kerneltour::lesson::Process;
using kerneltour::lesson::Row;
using kerneltour::lesson::Sampler;
using kerneltour::lesson::Step;
using kerneltour::lesson::TemporaryDirectory;
using kerneltour::posix::Fd;
using kerneltour::posix::read_file;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

/// What writers did, and the pressure meanwhile.
struct Measured {
  double syncs = 0;      ///< in a second, of all writers together
  double in_calls = 0;   ///< percent of the time, of all added up
  double computing = 0;  ///< percent of the time: CPU time
  double some = 0;       ///< percent of the time
  double full = 0;
};

/// Writes one block, and waits until the disk has it, again and again
/// until it is told to stop.
void write_and_sync(Channel& parent, const Fd& file) {
  std::array<char, 4096> block{};
  const auto put = [&] {
    return pwrite(file.get(), block.data(), block.size(), 0);
  };
  put();
  fsync(file.get());  // the block has its place on the disk from now on
  parent.say("ready");
  parent.hear();

  unsigned long syncs = 0;
  Seconds in_calls{0};
  const auto computed = kerneltour::lesson::cpu_time_of(getpid());
  pollfd told_to_stop{parent.descriptor(), POLLIN, 0};
  while (poll(&told_to_stop, 1, 0) == 0) {
    const auto begin = Clock::now();
    if (put() < 0 || fdatasync(file.get()) != 0) return;
    in_calls += Clock::now() - begin;
    ++syncs;
  }
  const Seconds computing =
      kerneltour::lesson::cpu_time_of(getpid()) - computed;
  parent.say(fmt::format("{} {} {}", syncs, in_calls.count(),
                         computing.count()));
}

/// Where writers write and are measured: in a control group of our own,
/// where we may have one, so that nobody else's waits count; elsewhere on
/// the host as it is. All that is in it runs on one CPU.
class Scene {
 public:
  explicit Scene(Step& step)
      : home_(place_on_disk(step)), groups_(ControlGroups::find()) {
    if (groups_) group_.emplace(groups_->make("io"));
    if (access(pressure().c_str(), R_OK) != 0) group_.reset();
    step.note("Measured is {}.", pressure());
  }

  std::string pressure() const {
    return group_ ? group_->file("io.pressure") : "/proc/pressure/io";
  }
  bool has_group() const { return group_.has_value(); }
  /// The group, for what can be seen in one of our own only.
  const ControlGroup& group(Step& step) const {
    if (!group_)
      step.skip("a control group of our own with its io.pressure",
                "sudo kerneltour prepare --for 4");
    return *group_;
  }
  void need(Step& step, std::string_view controller) const {
    group(step);
    groups_->need(step, controller);
  }

  void take(const Process& process) const {
    if (group_) group_->take(process.pid());
    kerneltour::lesson::keep_on(
        process.pid(), {kerneltour::lesson::allowed_cpus().back()});
  }

  /// A file for a writer, of one block.
  Fd new_file(unsigned number) const {
    const auto path = fmt::format("{}/{}", home_.path(), number);
    return Fd(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }
  const std::string& directory() const { return home_.path(); }

  /// So many writers write while `meanwhile` runs, or for a second.
  Measured measure(
      unsigned count,
      const std::function<void()>& meanwhile =
          [] { std::this_thread::sleep_for(1s); },
      const std::function<Fd(unsigned)>& file = {}) const {
    std::vector<Process> writers;
    for (unsigned i = 0; i < count; ++i) {
      writers.emplace_back([&](Channel& parent) {
        parent.hear();  // pages belong to the group that writes first
        write_and_sync(parent, file ? file(i) : new_file(i));
      });
      take(writers.back());
      writers.back().say("you are where you belong");
      writers.back().hear();
    }
    PressureMeter meter(pressure());
    const auto begin = Clock::now();
    for (auto& writer : writers) writer.say("go");
    meanwhile();
    for (auto& writer : writers) writer.say("stop");
    Measured sum;
    for (auto& writer : writers) {
      Measured its;
      std::istringstream(writer.hear()) >> its.syncs >> its.in_calls >>
          its.computing;
      sum.syncs += its.syncs;
      sum.in_calls += 100 * its.in_calls;
      sum.computing += 100 * its.computing;
    }
    const auto [some, full] = meter.lap();
    const double seconds = Seconds(Clock::now() - begin).count();
    return {std::round(sum.syncs / seconds), sum.in_calls / seconds,
            sum.computing / seconds, some, full};
  }

 private:
  TemporaryDirectory home_;
  std::optional<ControlGroups> groups_;
  std::optional<ControlGroup> group_;
};

void calm_and_loaded(Step& step) {
  const Scene scene(step);
  Sampler sampler(step);
  sampler.add_some("io some", scene.pressure());
  sampler.add_full("io full", scene.pressure());

  const double calm = sampler.watch(1s)[0].value;
  const auto loaded = scene.measure(8, [&] { sampler.watch(2s); });

  if (scene.has_group())
    step.expect(calm == 0, "a group without tasks waits for nothing",
                fmt::format("some {:.1f} %", calm));
  step.expect(loaded.some > 0, "io pressure rises while writers wait",
              fmt::format("some {:.1f} %, full {:.1f} %", loaded.some,
                          loaded.full));
  step.note("{} times a second the disk had another block.",
            loaded.syncs);
}

void one_writer(Step& step) {
  const Scene scene(step);
  const auto one = scene.measure(1);
  step.bars("percent of the time", {{"in its calls", one.in_calls, "%"},
                                    {"computing", one.computing, "%"},
                                    {"io some", one.some, "%"},
                                    {"io full", one.full, "%"}});
  step.expect(one.some > 0, "one task that waits is pressure",
              fmt::format("some {:.1f} %", one.some));
  scene.group(step);
  step.expect(one.some < one.in_calls + 2,
              "no wait is counted outside of its calls",
              fmt::format("it was there for {:.1f} %", one.in_calls));
  step.expect(one.some + one.computing < 102,
              "it waits, or it computes, and never both",
              fmt::format("{:.1f} % in all", one.some + one.computing));
  step.expect(one.some - one.full < 2, "when it waits, all tasks wait",
              fmt::format("full {:.1f} %", one.full));
}

void more_writers(Step& step) {
  const Scene scene(step);
  std::vector<Row> syncs;
  Measured many;
  for (const unsigned count : {1U, 4U, 16U}) {
    many = scene.measure(count);
    step.note("{} writing: some {:.1f} %, full {:.1f} %.", count,
              many.some, many.full);
    syncs.push_back({fmt::format("{} writing", count), many.syncs});
  }
  step.bars("syncs a second", syncs);
  step.expect(
      many.some < 102 && many.in_calls > many.some,
      "pressure ends at 100 %, however many wait",
      fmt::format("{:.1f} s in calls each second, some says {:.2f} s",
                  many.in_calls / 100, many.some / 100));
}

void beside_work(Step& step) {
  const Scene scene(step);
  scene.group(step);
  const Process worker = kerneltour::lesson::busy_loop();
  scene.take(worker);
  const auto beside = scene.measure(4);
  step.expect(beside.some > 0, "the writers wait",
              fmt::format("some {:.1f} %", beside.some));
  step.expect(beside.full < 1, "and there is always one who works",
              fmt::format("full {:.1f} %", beside.full));
}

void in_memory(Step& step) {
  const Scene scene(step);
  const auto disk = scene.measure(4);
  const auto memory = scene.measure(
      4, [] { std::this_thread::sleep_for(1s); },
      [](unsigned) { return Fd(memfd_create("block", MFD_CLOEXEC)); });
  step.bars("syncs a second",
            {{"on the disk", disk.syncs}, {"in memory", memory.syncs}});
  scene.group(step);
  step.expect(memory.some < 0.5, "files in memory keep nobody waiting",
              fmt::format("some {:.1f} % instead of {:.1f} %",
                          memory.some, disk.some));
}

/// The disk below a directory as io.max names it, "8:0"; empty where
/// there is none. A partition has no limits of its own.
std::string disk_below(const std::string& directory) {
  struct stat status {};
  stat(directory.c_str(), &status);
  auto device = fmt::format("/sys/dev/block/{}:{}/", major(status.st_dev),
                            minor(status.st_dev));
  if (access((device + "partition").c_str(), F_OK) == 0) device += "../";
  const auto number = read_file(AT_FDCWD, (device + "dev").c_str());
  return std::string(kerneltour::posix::trim(number.text));
}

void limited(Step& step) {
  const Scene scene(step);
  scene.need(step, "io");
  scene.need(step, "memory");  // it knows whose a written page is
  const auto& group = scene.group(step);
  const auto disk = disk_below(scene.directory());
  if (disk.empty() || access(group.file("io.max").c_str(), W_OK) != 0)
    step.skip("a disk here that io.max can limit",
              fmt::format("findmnt -T {}", scene.directory()));

  const auto before = scene.measure(1);
  group.set(step, "io.max", fmt::format("{} wiops=20", disk));
  const auto bound =
      scene.measure(1, [] { std::this_thread::sleep_for(2s); });
  step.bars("syncs a second",
            {{"no limit", before.syncs}, {"wiops=20", bound.syncs}});
  step.expect(bound.syncs < 30, "no more than 20 writes a second",
              fmt::format("{} syncs a second", bound.syncs));
  step.expect(bound.some > 60, "who is held back waits for io",
              fmt::format("some {:.1f} % instead of {:.1f} %", bound.some,
                          before.some));
}

void what_you_know(Step& step) {
  const auto text = read_file(AT_FDCWD, "/proc/pressure/io").text;
  step.output("cat /proc/pressure/io", text);
  const auto now = kerneltour::host::parse_pressure(text);
  step.expect(now && now->full && now->some &&
                  now->full->total <= now->some->total,
              "full is never more than some");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"calm-and-loaded", calm_and_loaded},
      {"one-writer", one_writer},
      {"more-writers", more_writers},
      {"beside-work", beside_work},
      {"in-memory", in_memory},
      {"limited", limited},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
