#include "lesson/sampler.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <thread>
#include <utility>

#include "posix/error.hpp"

namespace kerneltour::lesson {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds period{100};  // 10 Hz

std::chrono::nanoseconds own_cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

void Sampler::add_pressure(std::string label, const std::string& path, double Stalled::*part) {
  const auto meter = std::make_shared<PressureMeter>(path);
  series_.push_back({{std::move(label), 0, "%"}, [meter, part] { return meter->lap().*part; }});
}

void Sampler::add_some(std::string label, const std::string& path) {
  add_pressure(std::move(label), path, &Stalled::some);
}

void Sampler::add_full(std::string label, const std::string& path) {
  add_pressure(std::move(label), path, &Stalled::full);
}

void Sampler::add_load_average() {
  const char* const path = "/proc/loadavg";
  const auto file = std::make_shared<posix::Fd>(open(path, O_RDONLY | O_CLOEXEC));
  if (!*file) throw posix::SystemError("cannot open /proc/loadavg", errno);
  add("load average", "", [file] {
    std::array<char, 64> text{};
    if (pread(file->get(), text.data(), text.size() - 1, 0) < 0)
      throw posix::SystemError("cannot read /proc/loadavg", errno);
    return strtod(text.data(), nullptr);
  });
}

void Sampler::add(std::string label, std::string unit, std::function<double()> read) {
  series_.push_back({{std::move(label), 0, std::move(unit)}, std::move(read)});
}

void Sampler::add_rate(std::string label, std::string unit, std::function<double()> read) {
  const auto rate = [read = std::move(read), last = 0.0, time = Clock::time_point()]() mutable {
    const auto now = Clock::now();
    const auto value = read();
    const double grown = value - std::exchange(last, value);
    return grown / Seconds(now - std::exchange(time, now)).count();
  };
  add(std::move(label), std::move(unit), rate);
}

void Sampler::read_all(double seconds) {
  const auto before = own_cpu_time();
  for (auto& series : series_) {
    series.row.value = series.read();
    series.sum += series.row.value * seconds;
  }
  cpu_time_ += own_cpu_time() - before;
  ++readings_;
}

std::vector<Row> Sampler::watch(std::chrono::milliseconds time, const std::function<bool()>& enough) {
  read_all(0);  // from here on
  for (auto& series : series_) series.sum = 0;
  const auto began = Clock::now();
  auto last = began;
  for (auto next = began + period; last < began + time; next += period) {
    std::this_thread::sleep_until(next);
    const auto now = Clock::now();
    read_all(Seconds(now - last).count());
    last = now;
    std::vector<Row> rows;
    for (const auto& series : series_) rows.push_back(series.row);
    step_.sample(rows);
    if (enough && enough()) break;
    if (next < now - period) next = now;  // a busy machine let us wait: nothing is to be made up for
  }
  std::vector<Row> means;
  for (const auto& series : series_)
    means.push_back({series.row.label, series.sum / Seconds(last - began).count(), series.row.unit});
  return means;
}

}  // namespace kerneltour::lesson
