// Busy loops on more and on fewer CPUs: what cpu pressure says, what the
// load average says, and what each loop got. sched_setaffinity(2),
// clock_getcpuclockid(3), Documentation/accounting/psi.rst. Run it with:
// kerneltour run 2

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "lesson/control_group.hpp"
#include "lesson/lesson.hpp"
#include "lesson/load.hpp"
#include "lesson/sampler.hpp"
#include "posix/file.hpp"

using kerneltour::lesson::allowed_cpus;
using kerneltour::lesson::ControlGroup;
using kerneltour::lesson::ControlGroups;
using kerneltour::lesson::CpuMeter;
using kerneltour::lesson::group_counts_all_waits;
using kerneltour::lesson::Process;
using kerneltour::lesson::Row;
using kerneltour::lesson::Sampler;
using kerneltour::lesson::Step;
using kerneltour::posix::read_file;
using namespace std::chrono_literals;

namespace {

/// What loops got, and the pressure meanwhile, in percent of the time.
struct Measured {
  std::vector<double> shares;  // of one CPU, for each loop
  double some = 0;

  double sum() const {
    return std::accumulate(shares.begin(), shares.end(), 0.0);
  }
  double mean() const { return sum() / double(shares.size()); }
  double least() const {
    return *std::min_element(shares.begin(), shares.end());
  }
  double most() const {
    return *std::max_element(shares.begin(), shares.end());
  }
};

/// Where loops run and are measured: a control group of our own, where we
/// may have one; elsewhere the host as it is.
class Scene {
 public:
  explicit Scene(Step& step)
      : step_(step), groups_(ControlGroups::find()) {
    if (groups_) group_.emplace(groups_->make("cpu"));
    if (access(pressure().c_str(), R_OK) != 0) group_.reset();
    step.note("Measured is {}.", pressure());
  }

  std::string pressure() const {
    return group_ ? group_->file("cpu.pressure") : "/proc/pressure/cpu";
  }
  bool has_group() const { return group_.has_value(); }

  /// So many loops compute on these CPUs for two seconds.
  Measured measure(std::size_t count,
                   const std::vector<unsigned>& cpus) const {
    std::vector<Process> loops;
    for (std::size_t i = 0; i < count; ++i) {
      loops.push_back(kerneltour::lesson::busy_loop());
      if (group_) group_->take(loops.back().pid());
      cpu_set_t mask;
      CPU_ZERO(&mask);
      for (const auto cpu : cpus) CPU_SET(cpu, &mask);
      const int kept =
          sched_setaffinity(loops.back().pid(), sizeof mask, &mask);
      if (kept != 0 || i == 0)
        step_.works(kept, "sched_setaffinity({}, {{{}}})",
                    loops.back().pid(), fmt::join(cpus, ", "));
    }
    Sampler sampler(step_);
    sampler.add_some("cpu some", pressure());
    sampler.add_load_average();

    std::vector<CpuMeter> meters;
    for (const auto& loop : loops) meters.emplace_back(loop.pid());
    Measured measured;
    measured.some = sampler.watch(2s)[0].value;
    for (auto& meter : meters) measured.shares.push_back(meter.lap());
    return measured;
  }

  /// Shows what each loop got, as bars.
  void show(const Measured& measured) const {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < measured.shares.size(); ++i)
      rows.push_back(
          {fmt::format("loop {}", i + 1), measured.shares[i], "%"});
    step_.bars("CPU time of each, in percent of the time", rows);
  }

 private:
  Step& step_;
  std::optional<ControlGroups> groups_;
  std::optional<ControlGroup> group_;
};

/// The CPU that the fewest look at: the last.
std::vector<unsigned> last_cpus(std::size_t count) {
  const auto cpus = allowed_cpus();
  return {cpus.end() - std::ptrdiff_t(std::min(count, cpus.size())),
          cpus.end()};
}

void fewer_and_more(Step& step) {
  const Scene scene(step);
  const auto cpus = last_cpus(16);
  std::vector<Row> some;
  for (const auto count :
       {cpus.size() - 1, cpus.size(), 2 * cpus.size()}) {
    const auto measured = scene.measure(count, cpus);
    some.push_back(
        {fmt::format("loops: {}, CPUs: {}", count, cpus.size()),
         measured.some, "%"});
  }
  step.bars("cpu some", some);
  step.expect(some[2].value + 5 > some[0].value,
              "who has to share waits no less",
              fmt::format("{:.1f} %, then {:.1f} %", some[0].value,
                          some[2].value));
  // The scheduler may need a while until each CPU has two of them; with
  // three on one and one on the other the mean over both is 50 %.
  step.expect(some[2].value > 25, "twice as many loops as CPUs wait",
              fmt::format("some {:.1f} %", some[2].value));
}

void one_loop(Step& step) {
  const Scene scene(step);
  const auto one = scene.measure(1, last_cpus(1));
  step.bars("percent of the time", {{"the loop ran", one.shares[0], "%"},
                                    {"cpu some", one.some, "%"}});
  step.expect(one.shares[0] <= 102, "one loop has one CPU at most",
              fmt::format("{:.1f} %", one.shares[0]));
  if (!scene.has_group() || !group_counts_all_waits()) return;
  const double both = one.shares[0] + one.some;
  step.expect(both > 90 && both < 110, "it runs or it waits",
              fmt::format("{:.1f} % in all", both));
}

void two_loops(Step& step) {
  const Scene scene(step);
  const auto two = scene.measure(2, last_cpus(1));
  scene.show(two);
  step.expect(two.sum() <= 102, "together they have one CPU at most",
              fmt::format("{:.1f} %", two.sum()));
  step.expect(
      two.most() - two.least() < 0.4 * two.mean(),
      "each gets half of what both get, give or take a fifth",
      fmt::format("{:.1f} % and {:.1f} %", two.shares[0], two.shares[1]));
  if (scene.has_group())
    step.expect(two.some > 90, "one of them always waits",
                fmt::format("some {:.1f} %", two.some));
}

void two_cpus(Step& step) {
  const auto cpus = last_cpus(2);
  if (cpus.size() < 2)
    step.skip("a second CPU that we may use", "nproc; taskset -p $$");
  const Scene scene(step);
  const auto two = scene.measure(2, cpus);
  scene.show(two);
  const auto four = scene.measure(4, cpus);
  scene.show(four);
  step.note("some was {:.1f} % with two loops, {:.1f} % with four.",
            two.some, four.some);
  step.expect(two.sum() <= 204 && four.sum() <= 204,
              "two CPUs have 200 % to give",
              fmt::format("{:.1f} % to two, {:.1f} % to four", two.sum(),
                          four.sum()));
  step.expect(four.least() > 0.3 * four.mean(),
              "nobody is forgotten: about c/n for each",
              fmt::format("mean {:.1f} %, least {:.1f} %, most {:.1f} %",
                          four.mean(), four.least(), four.most()));
  step.expect(four.some > 25, "with four, some wait",
              fmt::format("some {:.1f} %", four.some));
}

void what_you_know(Step& step) {
  const auto average = read_file(AT_FDCWD, "/proc/loadavg").text;
  const auto pressure = read_file(AT_FDCWD, "/proc/pressure/cpu").text;
  step.output("cat /proc/loadavg", average);
  step.output("cat /proc/pressure/cpu", pressure);
  const auto now = kerneltour::host::parse_pressure(pressure);
  step.expect(now && now->some && now->some->avg10 <= 100,
              "pressure ends at 100 %; a load average has no end");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"fewer-and-more", fewer_and_more}, {"one-loop", one_loop},
      {"two-loops", two_loops},           {"two-cpus", two_cpus},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
