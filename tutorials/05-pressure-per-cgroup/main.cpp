// Control groups side by side, each with a cpu pressure of its own, and
// what cpu.weight and cpu.max do to it. cgroups(7), Documentation/
// accounting/psi.rst, Documentation/admin-guide/cgroup-v2.rst ("CPU").
// Run it with: kerneltour run 5

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "lesson/control_group.hpp"
#include "lesson/lesson.hpp"
#include "lesson/load.hpp"
#include "lesson/pressure.hpp"
#include "lesson/sampler.hpp"

using kerneltour::lesson::allowed_cpus;
using kerneltour::lesson::Channel;
using kerneltour::lesson::ControlGroup;
using kerneltour::lesson::ControlGroups;
using kerneltour::lesson::CpuMeter;
using kerneltour::lesson::Process;
using kerneltour::lesson::Row;
using kerneltour::lesson::Sampler;
using kerneltour::lesson::Step;
using namespace std::chrono_literals;

namespace {

/// A control group and the tasks in it. All of them run on one CPU, the
/// last that we may use.
class Party {
 public:
  Party(std::string name, ControlGroup group)
      : name_(std::move(name)), group_(std::move(group)) {}

  const std::string& name() const { return name_; }
  const ControlGroup& group() const { return group_; }
  const std::vector<Process>& tasks() const { return tasks_; }

  /// A task that computes and never waits.
  void add_loop() { add(kerneltour::lesson::busy_loop()); }
  /// A task that waits for a word that does not come.
  void add_sleeper() {
    add(Process([](Channel& parent) { parent.hear(1min); }));
  }

 private:
  void add(Process task) {
    group_.take(task.pid());
    kerneltour::lesson::keep_on(task.pid(), {allowed_cpus().back()});
    tasks_.push_back(std::move(task));
  }

  std::string name_;
  ControlGroup group_;
  std::vector<Process> tasks_;
};

Party new_party(Step& step, const ControlGroups& groups,
                const std::string& name) {
  Party party(name, groups.make(name));
  if (access(party.group().file("cpu.pressure").c_str(), R_OK) != 0)
    step.skip("cpu.pressure in control groups",
              "sudo kerneltour check --for 5");
  return party;
}

/// What a party got and waited for, in percent of the time.
struct Measured {
  double share = 0;  // of one CPU, all its tasks together
  double some = 0;
};

/// Watches the parties for so long, with the host below them.
std::vector<Measured> watch(Step& step,
                            const std::vector<const Party*>& parties,
                            std::chrono::milliseconds time) {
  Sampler sampler(step);
  std::vector<std::vector<CpuMeter>> meters;
  for (const auto* party : parties) {
    sampler.add_some(party->name() + " some",
                     party->group().file("cpu.pressure"));
    auto& its = meters.emplace_back();
    for (const auto& task : party->tasks()) its.emplace_back(task.pid());
  }
  sampler.add_some("host some", "/proc/pressure/cpu");
  sampler.add_load_average();

  const auto rows = sampler.watch(time);
  std::vector<Measured> measured(parties.size());
  for (std::size_t i = 0; i < parties.size(); ++i) {
    measured[i].some = rows[i].value;
    for (auto& meter : meters[i]) measured[i].share += meter.lap();
  }
  return measured;
}

/// Whoever never sleeps either runs or waits: the two come to the whole.
void expect_whole(Step& step, const std::string& who,
                  const Measured& its) {
  if (!kerneltour::lesson::group_counts_all_waits()) return;
  const double both = its.share + its.some;
  step.expect(both > 90 && both < 110, who + " ran or waited",
              fmt::format("{:.1f} % + {:.1f} %", its.share, its.some));
}

void loaded_and_calm(Step& step) {
  const ControlGroups groups(step);
  step.note("The groups are made in {}.", groups.place());
  auto loaded = new_party(step, groups, "loaded");
  auto calm = new_party(step, groups, "calm");
  loaded.add_sleeper();
  calm.add_sleeper();
  const auto before = watch(step, {&loaded, &calm}, 1s);
  step.note("Two loops begin in the first group.");
  loaded.add_loop();
  loaded.add_loop();
  const auto during = watch(step, {&loaded, &calm}, 2s);

  step.expect(during[0].some > 90, "one of the two loops always waits",
              fmt::format("some {:.1f} %, before {:.1f} %",
                          during[0].some, before[0].some));
  // Before, the sleeper may have had to wait for a CPU to fall asleep.
  step.expect(during[1].some == 0, "the calm group's pressure stays",
              fmt::format("{:.1f} %, then {:.1f} %", before[1].some,
                          during[1].some));
}

void neighbours(Step& step) {
  const ControlGroups groups(step);
  auto house = new_party(step, groups, "house");
  Party one("one", ControlGroup(house.group().file("one")));
  Party other("other", ControlGroup(house.group().file("other")));
  one.add_loop();
  const auto alone = watch(step, {&house, &one, &other}, 1500ms);
  step.note("A loop begins in the group \"other\", on the same CPU.");
  other.add_loop();
  const auto both = watch(step, {&house, &one, &other}, 2s);

  expect_whole(step, "alone, the group \"one\"", alone[1]);
  expect_whole(step, "beside the other, it", both[1]);
  step.expect(both[0].some > 90, "in the house somebody always waits",
              fmt::format("some {:.1f} %", both[0].some));
  step.expect(
      both[0].some + 2 > both[1].some && both[0].some + 2 > both[2].some,
      "who waits in a group waits in the group above it, too",
      fmt::format("{:.1f} % in one, {:.1f} % in the other", both[1].some,
                  both[2].some));
}

void show(Step& step, std::string_view title,
          const std::vector<std::string>& names,
          const std::vector<Measured>& measured) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < names.size(); ++i) {
    rows.push_back({names[i] + ": ran", measured[i].share, "%"});
    rows.push_back({names[i] + ": some", measured[i].some, "%"});
  }
  step.bars(title, rows);
}

void weight(Step& step) {
  const ControlGroups groups(step);
  groups.need(step, "cpu");
  auto light = new_party(step, groups, "light");
  auto heavy = new_party(step, groups, "heavy");
  light.add_loop();
  heavy.add_loop();
  const auto equal = watch(step, {&light, &heavy}, 1500ms);
  show(step, "both with cpu.weight 100, percent of the time",
       {"light", "heavy"}, equal);
  heavy.group().set(step, "cpu.weight", "1000");
  const auto weighed = watch(step, {&light, &heavy}, 2s);
  show(step, "100 against 1000, percent of the time", {"light", "heavy"},
       weighed);

  const double before = equal[1].share / equal[0].share;
  const double ratio = weighed[1].share / weighed[0].share;
  step.expect(
      before > 0.6 && before < 1.67, "equal weights, equal parts",
      fmt::format("the heavy one had {:.2f} times as much", before));
  step.expect(ratio > 5 && ratio < 15,
              "ten times the weight, about ten times as much",
              fmt::format("{:.1f} times", ratio));
  expect_whole(step, "the light one", weighed[0]);
  expect_whole(step, "the heavy one", weighed[1]);
}

void quota(Step& step) {
  const ControlGroups groups(step);
  groups.need(step, "cpu");
  auto held = new_party(step, groups, "held");
  held.add_loop();
  held.group().set(step, "cpu.max", "max 100000");
  const auto free = watch(step, {&held}, 1500ms)[0];
  held.group().set(step, "cpu.max", "20000 100000");
  const auto bound = watch(step, {&held}, 2s)[0];
  show(step, "percent of the time", {"max 100000", "20000 100000"},
       {free, bound});
  step.output(fmt::format("cat {}", held.group().file("cpu.stat")),
              held.group().get("cpu.stat"));

  expect_whole(step, "without a limit, it", free);
  step.expect(bound.share < 25, "no more than 20 ms in each 100 ms",
              fmt::format("{:.1f} % of a CPU", bound.share));
  step.expect(bound.some > 60, "who is held back waits for the CPU",
              fmt::format("some {:.1f} %", bound.some));
}

void what_you_know(Step& step) {
  const ControlGroups groups(step);
  const auto group =
      new_party(step, groups, "last").group().get("cpu.pressure");
  step.output("cat cpu.pressure", group);
  const auto pressure = kerneltour::host::parse_pressure(group);
  step.expect(pressure && pressure->some && pressure->some->total == 0us,
              "a new group has waited for nothing yet");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"loaded-and-calm", loaded_and_calm},
      {"neighbours", neighbours},
      {"weight", weight},
      {"quota", quota},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
