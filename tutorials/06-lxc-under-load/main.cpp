// A web server in an LXC container under ab's load: the container's cpu
// pressure, the host's and the load average, then cpu.max and cpu.weight.
// lxc(7), ab(1), cgroups(7), Documentation/admin-guide/cgroup-v2.rst. Run
// it with: kerneltour run 6

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "lesson/container.hpp"
#include "lesson/control_group.hpp"
#include "lesson/lesson.hpp"
#include "lesson/load.hpp"
#include "lesson/sampler.hpp"
#include "lesson/web_server.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

using kerneltour::lesson::Channel;
using kerneltour::lesson::Container;
using kerneltour::lesson::ControlGroup;
using kerneltour::lesson::keep_on;
using kerneltour::lesson::Process;
using kerneltour::lesson::Row;
using kerneltour::lesson::Sampler;
using kerneltour::lesson::serve_page;
using kerneltour::lesson::Step;
using kerneltour::posix::read_file;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

/// The article's, from the command line or what ab may have open.
unsigned concurrency() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);  // a socket each, and a few more
  const auto most = std::min<rlim_t>(files.rlim_cur, 20050) - 50;
  const auto wanted = kerneltour::lesson::chosen("concurrency");
  return std::min(wanted.value_or(1000), static_cast<unsigned>(most));
}

/// What ab says at its end, and what was measured while it ran.
struct Measured {
  double complete = 0;
  double failed = 0;
  double per_second = 0;
  double mean = 0;     // milliseconds from question to answer
  double slowest = 0;  // for 99 of 100 it was no more
  double cpu = 0;      // percent of one CPU, of all in the container
  double some = 0;     // the container's pressure, in percent
  double full = 0;
};

/// The number behind the first place where those words stand.
double number_after(const std::string& text, const char* words) {
  const auto at = text.find(words);
  if (at == std::string::npos) return 0;
  return std::atof(text.c_str() + at + std::string_view(words).size());
}

/// ab's report, in one line.
std::string take_apart(const std::string& report) {
  return fmt::format("{} {} {} {} {}",
                     number_after(report, "Complete requests:"),
                     number_after(report, "Failed requests:"),
                     number_after(report, "Requests per second:"),
                     number_after(report, "Time per request:"),
                     number_after(report, "\n  99%"));
}

/// One of the numbers of the container's cpu.stat.
double cpu_stat(const Container& web, const char* name) {
  const auto file = web.group() + "/cpu.stat";
  return number_after(read_file(AT_FDCWD, file.c_str()).text, name);
}

/// Waits until the server has done with those who have gone.
void settle(const Container& web) {
  for (int tries = 0; tries < 20; ++tries) {
    const double before = cpu_stat(web, "usage_usec");
    std::this_thread::sleep_for(100ms);
    if (cpu_stat(web, "usage_usec") - before < 2000) return;
  }
}

/// The container's pressure, beside the host's and the load average.
void watch_pressure(Step& step, const Container& web, Sampler& sampler) {
  const auto file = web.group() + "/cpu.pressure";
  if (access(file.c_str(), R_OK) != 0)
    step.skip("the container's cpu.pressure, in a group of version 2",
              "sudo kerneltour prepare --for 6");
  sampler.add_some("some", file);
  sampler.add_full("full", file);
  sampler.add_some("host", "/proc/pressure/cpu");
  sampler.add_load_average();
}

/// The load: ab in the container's network, and in none of its groups.
/// So many connections at once ask for the page, for so long. nsenter
/// becomes ab, which so remains our child and dies with us.
Measured ask(Step& step, const Container& web, unsigned at_once,
             std::chrono::seconds time) {
  const std::vector<std::string> ab = {"/usr/bin/nsenter",
                                       "-t",
                                       std::to_string(web.init()),
                                       "-n",
                                       "ab",
                                       "-r",
                                       "-c",
                                       std::to_string(at_once),
                                       "-t",
                                       std::to_string(time.count()),
                                       "-n",
                                       "500000",
                                       "http://127.0.0.1/index.html"};
  Sampler sampler(step);
  watch_pressure(step, web, sampler);
  step.output(kerneltour::lesson::typed(ab), "");

  const double before = cpu_stat(web, "usage_usec");
  const auto begin = Clock::now();
  Process client([&](Channel& parent) {
    const auto ran = kerneltour::lesson::run_program(ab, time + 60s);
    if (ran.status != 0) {
      step.output("ab", ran.output);
      step.expect(false, "ab runs to its end",
                  fmt::format("status {}", ran.status));
    }
    parent.say(take_apart(ran.output));
  });
  pollfd says{client.channel().descriptor(), POLLIN, 0};
  const auto means =
      sampler.watch(time + 60s, [&] { return poll(&says, 1, 0) > 0; });
  const Seconds took = Clock::now() - begin;

  Measured now;
  std::istringstream(client.hear(60s)) >> now.complete >> now.failed >>
      now.per_second >> now.mean >> now.slowest;
  now.cpu = (cpu_stat(web, "usage_usec") - before) / 1e4 / took.count();
  now.some = means[0].value;
  now.full = means[1].value;
  step.note(
      "{:.0f} requests a second, {:.1f} ms for one in the mean, "
      "{:.1f} ms for 99 of 100 at most; {:.0f} % of a CPU, some "
      "{:.0f} %, full {:.0f} %.",
      now.per_second, now.mean, now.slowest, now.cpu, now.some, now.full);
  settle(web);
  return now;
}

void a_container(Step& step) {
  Container web(step, "web");
  serve_page(step, web);
  web.lxc("lxc-info");
  web.lxc("lxc-attach", {"--", "ps", "-e", "-o", "pid,user,args"});

  const auto file = fmt::format("/proc/{}/cgroup", web.init());
  const auto groups = read_file(AT_FDCWD, file.c_str()).text;
  step.output("cat " + file, groups);
  step.expect(groups.find(web.name()) != std::string::npos,
              "its control group has its name",
              web.group().empty() ? "version 1" : web.group());
  const auto status = fmt::format("/proc/{}/status", web.init());
  const auto number =
      number_after(read_file(AT_FDCWD, status.c_str()).text,
                   fmt::format("NSpid:\t{}", web.init()).c_str());
  step.expect(number == 1, "inside its first process is number 1",
              fmt::format("{} on the host", web.init()));
  const auto path = fmt::format("/proc/{}", web.init());
  web.remove();
  step.expect(access(path.c_str(), F_OK) != 0,
              "nothing of it runs any more");
}

/// A line of what the article had beside what this run has.
void compare(Step& step, std::string_view what, std::string_view article,
             const std::string& here) {
  step.note("    {:<14}{:<21}{}", what, article, here);
}

void under_load(Step& step) {
  Container web(step, "web", Container::Commands::hidden);
  const auto server = serve_page(step, web);
  Sampler sampler(step);
  watch_pressure(step, web, sampler);
  const double calm = sampler.watch(2s)[0].value;
  auto at_once = concurrency();
  auto loaded = ask(step, web, at_once, 8s);
  while (loaded.complete == 0 && at_once >= 10) {  // on a slow machine
    at_once /= 10;
    step.note("Nobody was answered in time; once more with {} at once.",
              at_once);
    loaded = ask(step, web, at_once, 8s);
  }

  step.expect(loaded.complete > 0, "the server answers under load",
              fmt::format("{} requests, {} failed", loaded.complete,
                          loaded.failed));
  step.expect(
      loaded.some > calm, "its pressure rises with the load",
      fmt::format("some {:.1f} %, then {:.1f} %", calm, loaded.some));
  step.note("Readings cost {:.2f} ms of CPU time each.",
            std::chrono::duration<double, std::milli>(sampler.cpu_time())
                    .count() /
                sampler.readings());

  utsname kernel{};
  uname(&kernel);
  const auto limit = web.group() + "/cpu.max";
  const auto max = read_file(AT_FDCWD, limit.c_str()).text;
  compare(step, "", "the article", "here");
  compare(step, "Linux", "4.20", kernel.release);
  compare(step, "container", "LXC, privileged", "LXC, privileged");
  compare(step, "root", "Ubuntu 18.04", "this host's");
  compare(step, "server", "apache2", server);
  compare(step, "cpu.max", "max 100000",
          max.empty() ? "none" : max.substr(0, max.find('\n')));
  compare(step, "ab -c", "1000", std::to_string(at_once));
  compare(step, "requests", "near 300000",
          fmt::format("{}", loaded.complete));
  compare(step, "lines", "some", loaded.full > 0 ? "some, full" : "some");
  web.remove();
}

void at_once(Step& step) {
  Container web(step, "web", Container::Commands::hidden);
  serve_page(step, web);
  std::vector<Row> rates;
  std::vector<Row> times;
  std::vector<Row> pressures;
  std::vector<Measured> all;
  const auto most = concurrency();
  std::vector<unsigned> counts = {most};
  for (const auto fewer : {100U, 10U, 1U})
    if (fewer < most) counts.insert(counts.begin(), fewer);
  for (const auto count : counts) {
    all.push_back(ask(step, web, count, 3s));
    const auto label = fmt::format("{} at once", count);
    rates.push_back({label, all.back().per_second});
    times.push_back({label, all.back().mean});
    pressures.push_back({label, all.back().some, "%"});
  }
  step.bars("requests a second", rates);
  step.bars("milliseconds for one", times);
  step.bars("some of the container", pressures);
  const auto& last = all.back();  // on a slow machine nobody is answered
  step.expect(last.complete == 0 || last.mean > all.front().mean,
              "who comes with many others waits longer",
              fmt::format("{:.2f} ms, then {:.2f} ms in the mean of {}",
                          all.front().mean, last.mean, last.complete));
  web.remove();
}

/// Skips the step where groups of version 2 cannot be given CPU time.
void need_cpu_controller(Step& step) {
  const auto top = kerneltour::lesson::top_control_group();
  const auto file = top + "/cgroup.controllers";
  const auto text = read_file(AT_FDCWD, file.c_str()).text;
  const auto words = kerneltour::posix::words(text);
  if (std::find(words.begin(), words.end(), "cpu") == words.end())
    step.skip("the cpu controller in version 2 of control groups",
              "sudo kerneltour prepare --for 6");
}

void cpu_max(Step& step) {
  need_cpu_controller(step);
  Container web(step, "web", Container::Commands::hidden);
  serve_page(step, web);
  const auto at_once = std::min(concurrency(), 50U);
  std::vector<Row> rates;
  std::vector<Row> times;
  Measured last;
  for (const auto* limit :
       {"max 100000", "50000 100000", "20000 100000"}) {
    web.lxc("lxc-cgroup", {"cpu.max", limit});
    const auto before = cpu_stat(web, "nr_throttled");
    last = ask(step, web, at_once, 4s);
    step.note("In {} periods it was held back.",
              cpu_stat(web, "nr_throttled") - before);
    rates.push_back({limit, last.per_second});
    times.push_back({limit, last.mean});
  }
  step.bars("requests a second", rates);
  step.bars("milliseconds for one", times);
  step.expect(last.cpu < 30, "it gets no more than its 20 % of a CPU",
              fmt::format("{:.1f} %", last.cpu));
  step.expect(last.some > 50, "who is held back waits for a CPU",
              fmt::format("some {:.1f} %", last.some));
  web.remove();
}

void cpu_weight(Step& step) {
  need_cpu_controller(step);
  auto cpus = kerneltour::lesson::allowed_cpus();
  Container web(step, "web", Container::Commands::hidden);
  serve_page(step, web);
  const auto cpu = cpus.back();
  web.lxc("lxc-cgroup", {"cpuset.cpus", std::to_string(cpu)});
  if (cpus.size() > 1) cpus.pop_back();
  keep_on(0, cpus);  // where ab will be

  const auto top = kerneltour::lesson::top_control_group();
  const ControlGroup rival(
      fmt::format("{}/kerneltour-{}-rival", top, getpid()));
  const auto at_once = std::min(concurrency(), 50U);
  std::vector<Row> shares;
  std::vector<Row> rates;
  const auto measure = [&](const char* weight, const char* beside) {
    web.lxc("lxc-cgroup", {"cpu.weight", weight});
    const auto now = ask(step, web, at_once, 3s);
    const auto label = fmt::format("{}, {}", weight, beside);
    shares.push_back({label, now.cpu, "%"});
    rates.push_back({label, now.per_second});
    return now.cpu;
  };
  measure("10", "alone");
  const auto loop = kerneltour::lesson::busy_loop();
  rival.take(loop.pid());
  keep_on(loop.pid(), {cpu});  // until Linux 6.2 a new group forgets it
  step.note(
      "Now a busy loop is on the same CPU, in a group of weight {}.",
      rival.get("cpu.weight"));
  const double light = measure("10", "with a rival");
  measure("100", "with a rival");
  const double heavy = measure("1000", "with a rival");
  step.bars("percent of the CPU", shares);
  step.bars("requests a second", rates);
  step.expect(
      heavy > 2 * light, "a hundred times the weight gets more",
      fmt::format("{:.1f} % of the CPU, then {:.1f} %", light, heavy));
  web.remove();
}

void what_you_know(Step& step) {
  const auto average = read_file(AT_FDCWD, "/proc/loadavg").text;
  const auto pressure = read_file(AT_FDCWD, "/proc/pressure/cpu").text;
  step.output("cat /proc/loadavg", average);
  step.output("cat /proc/pressure/cpu", pressure);
  const auto now = kerneltour::host::parse_pressure(pressure);
  step.expect(now && now->some && now->some->avg10 <= 100,
              "pressure ends at 100 %, however many connections come");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"a-container", a_container}, {"under-load", under_load},
      {"at-once", at_once},         {"cpu-max", cpu_max},
      {"cpu-weight", cpu_weight},   {"what-you-know", what_you_know},
  };
  constexpr kerneltour::lesson::Setting settings[] = {
      {"concurrency",
       "How many connections ab has at once; 1000 unless "
       "chosen, or what the limit of open files allows.",
       1, 20000},
  };
  return kerneltour::lesson::run(argc, argv, steps, settings);
}
