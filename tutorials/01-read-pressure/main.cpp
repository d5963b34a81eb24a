// The files of pressure stall information: what they say, when they say
// it, and the load average beside them. Documentation/accounting/psi.rst,
// proc(5), pread(2). Run it with: kerneltour run 1

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "lesson/control_group.hpp"
#include "lesson/lesson.hpp"
#include "lesson/load.hpp"
#include "lesson/sampler.hpp"

using kerneltour::lesson::ControlGroups;
using kerneltour::lesson::Process;
using kerneltour::lesson::Sampler;
using kerneltour::lesson::Step;
using kerneltour::posix::Fd;
using namespace std::chrono_literals;

namespace {

/// A line of a pressure file.
struct Line {
  char kind[5] = {};        // "some" or "full"
  double averages[3] = {};  // percent of the last 10, 60, 300 seconds
  unsigned long long total = 0;  // microseconds
};

std::vector<Line> take_apart(const std::string& text) {
  std::vector<Line> lines;
  std::istringstream in(text);
  for (std::string row; std::getline(in, row);) {
    Line line;
    const int found = std::sscanf(
        row.c_str(), "%4s avg10=%lf avg60=%lf avg300=%lf total=%llu",
        line.kind, &line.averages[0], &line.averages[1],
        &line.averages[2], &line.total);
    if (found == 5) lines.push_back(line);
  }
  return lines;
}

Fd open_file(const std::string& path) {
  return Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

/// What the file says now, from its beginning; empty where it cannot be
/// read.
std::string text_of(const Fd& file) {
  char text[512];
  const auto size = pread(file.get(), text, sizeof text, 0);
  return {text, size > 0 ? static_cast<std::size_t>(size) : 0};
}

std::string path_of(const char* resource) {
  return fmt::format("/proc/pressure/{}", resource);
}

/// The line of that kind; all 0 where there is none.
Line line_of(const std::string& text, const std::string& kind) {
  for (const auto& line : take_apart(text))
    if (line.kind == kind) return line;
  return {};
}

void the_files(Step& step) {
  for (const auto* resource : {"cpu", "memory", "io", "irq"}) {
    const auto path = path_of(resource);
    const auto file = open_file(path);
    if (file.get() < 0 && errno == ENOENT &&
        std::string_view(resource) == "irq") {
      step.note("{} is not there: this kernel does not count it.", path);
      continue;
    }
    step.works(file.get(), "open(\"{}\", O_RDONLY)", path);
    step.output("cat " + path, text_of(file));
  }
  for (const auto* resource : {"memory", "io"})
    step.expect(
        take_apart(text_of(open_file(path_of(resource)))).size() == 2,
        fmt::format("{} has some and full", resource));
  const auto cpu = take_apart(text_of(open_file(path_of("cpu"))));
  step.expect(!cpu.empty() && cpu[0].kind == std::string("some"),
              "cpu has some", fmt::format("{} lines", cpu.size()));
}

void one_descriptor(Step& step) {
  const auto path = path_of("cpu");
  const auto file = open_file(path);
  step.works(file.get(), "open(\"{}\", O_RDONLY)", path);
  char text[512];
  const auto size = read(file.get(), text, sizeof text);
  step.works(size, "read({}, text, {})", file.get(), sizeof text);
  const std::string before(text, static_cast<std::size_t>(size));

  const auto at_end = read(file.get(), text, sizeof text);
  step.works(at_end, "read({}, text, {})", file.get(), sizeof text);
  step.expect(at_end == 0, "a second read is at the end of the file");

  const auto again = pread(file.get(), text, sizeof text, 0);
  step.works(again, "pread({}, text, {}, 0)", file.get(), sizeof text);
  const std::string after(text, static_cast<std::size_t>(again));
  const auto first = line_of(before, "some").total;
  const auto second = line_of(after, "some").total;
  step.expect(second >= first, "pread from 0 has the numbers of now",
              fmt::format("total {}, then {}", first, second));
}

void the_numbers(Step& step) {
  std::vector<Fd> files;
  for (const auto* resource : {"cpu", "memory", "io"})
    files.push_back(open_file(path_of(resource)));

  bool percentages = true;
  bool ordered = true;
  for (const auto& file : files) {
    const auto text = text_of(file);
    for (const auto& line : take_apart(text))
      for (const double average : line.averages)
        percentages = percentages && average >= 0 && average <= 100;
    ordered = ordered &&
              line_of(text, "full").total <= line_of(text, "some").total;
  }
  step.expect(percentages, "every average is within 0 to 100 %");
  step.expect(ordered, "full is never more than some");

  std::vector<unsigned long long> last(files.size(), 0);
  unsigned readings = 0;
  bool fell = false;
  const auto end = std::chrono::steady_clock::now() + 1s;
  while (std::chrono::steady_clock::now() < end) {
    for (std::size_t i = 0; i < files.size(); ++i, ++readings) {
      const auto total = line_of(text_of(files[i]), "some").total;
      fell = fell || total < last[i];
      last[i] = total;
    }
    std::this_thread::sleep_for(10ms);
  }
  step.expect(!fell, "no total falls",
              fmt::format("{} readings in a second", readings));
}

/// Two busy loops for each CPU that we may use, though not hundreds.
std::vector<Process> too_many_loops() {
  const auto cpus = kerneltour::lesson::allowed_cpus().size();
  std::vector<Process> loops;
  for (std::size_t i = 0; i < 2 * std::min<std::size_t>(cpus, 16); ++i)
    loops.push_back(kerneltour::lesson::busy_loop());
  return loops;
}

void two_seconds_late(Step& step) {
  const auto path = path_of("cpu");
  const auto file = open_file(path);
  step.works(file.get(), "open(\"{}\", O_RDONLY)", path);
  double shown = line_of(text_of(file), "some").averages[0];
  unsigned changes = 0;

  Sampler sampler(step);
  sampler.add_some("by total", path);
  sampler.add("avg10", "%", [&] {
    const double now = line_of(text_of(file), "some").averages[0];
    if (now != shown) ++changes;
    return shown = now;
  });
  sampler.add_load_average();
  sampler.watch(1s);
  const auto before = line_of(text_of(file), "some").total;
  const auto loops = too_many_loops();
  const double exact = sampler.watch(4s)[0].value;
  const auto stalled = line_of(text_of(file), "some").total - before;

  step.note(
      "With {} loops: {:.1f} % by total, and avg10 has come to {:.1f} %.",
      loops.size(), exact, shown);
  step.expect(stalled > 0, "total rises while tasks wait for a CPU",
              fmt::format("by {} microseconds in 4 s", stalled));
  // PSI_FREQ of kernel/sched/psi.c, however often one reads
  step.expect(changes <= 4, "avg10 changes every two seconds at most",
              fmt::format("{} times in 5 s and {} readings", changes,
                          sampler.readings()));
  step.note("All these readings cost {:.1f} ms of CPU time.",
            std::chrono::duration<double, std::milli>(sampler.cpu_time())
                .count());
}

void load_average(Step& step) {
  const auto file = open_file("/proc/loadavg");
  step.works(file.get(), "open(\"/proc/loadavg\", O_RDONLY)");
  const auto text = text_of(file);
  step.output("cat /proc/loadavg", text);

  double averages[3] = {};
  unsigned running = 0;
  unsigned tasks = 0;
  const int found =
      std::sscanf(text.c_str(), "%lf %lf %lf %u/%u", &averages[0],
                  &averages[1], &averages[2], &running, &tasks);
  step.expect(found == 5, "five numbers, and the newest process ID");
  step.expect(running >= 1 && running <= tasks,
              "one task at least runs: the one that reads",
              fmt::format("{} of {} can run", running, tasks));
  const auto cpu = line_of(text_of(open_file(path_of("cpu"))), "some");
  step.note(
      "The last minute: load average {}, and for {} % of the time some "
      "task waited for a CPU.",
      averages[0], cpu.averages[1]);
}

void own_group(Step& step) {
  const auto groups = ControlGroups::find();
  if (!groups) {
    const auto path =
        kerneltour::lesson::own_control_group() + "/cpu.pressure";
    const auto file = open_file(path);
    if (file.get() < 0)
      step.skip("a control group of version 2 with its cpu.pressure",
                "sudo kerneltour prepare --for 1");
    step.note("We may not make a group; this is the one we are in.");
    step.output("cat " + path, text_of(file));
    step.expect(!take_apart(text_of(file)).empty(),
                "the same lines as in /proc/pressure/cpu");
    return;
  }
  const auto group = groups->make("reading");
  const auto path = group.file("cpu.pressure");
  if (open_file(path).get() < 0)
    step.skip(
        "cpu.pressure in a control group: the kernel was started "
        "with cgroup_disable=pressure",
        "sudo kerneltour prepare --for 1");

  const auto cpu = kerneltour::lesson::allowed_cpus().back();
  std::vector<Process> loops;
  for (int i = 0; i < 2; ++i) {
    loops.push_back(kerneltour::lesson::busy_loop());
    group.take(loops.back().pid());
    kerneltour::lesson::keep_on(loops.back().pid(), {cpu});
  }
  Sampler sampler(step);
  sampler.add_some("our group", path);
  sampler.add_some("the host", path_of("cpu"));
  const auto some = sampler.watch(2s);
  step.output("cat " + path, text_of(open_file(path)));
  step.expect(
      some[0].value > 80, "two loops on one CPU: one always waits",
      fmt::format("some {:.1f} % in the group, {:.1f} % on the host",
                  some[0].value, some[1].value));
}

void what_you_know(Step& step) {
  unsigned lines = 0;
  for (const auto* resource : {"cpu", "memory", "io"}) {
    const auto text = text_of(open_file(path_of(resource)));
    step.output("cat " + path_of(resource), text);
    lines += static_cast<unsigned>(take_apart(text).size());
  }
  step.expect(lines >= 5, "you can read every line of them",
              fmt::format("{} lines", lines));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"the-files", the_files},
      {"one-descriptor", one_descriptor},
      {"the-numbers", the_numbers},
      {"two-seconds-late", two_seconds_late},
      {"load-average", load_average},
      {"own-group", own_group},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
