#include "lesson/recording.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace kerneltour::lesson {
namespace {

bool same_series(const std::vector<Row>& one, const std::vector<Row>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const Row& a, const Row& b) { return a.label == b.label && a.unit == b.unit; });
}

}  // namespace

void Recording::step_begins(const Section& section) {
  id_ = section.id;
  step_title_ = section.title;
  first_in_step_ = true;
}

void Recording::event(const Event& event) {
  if (event.kind != Event::Kind::sample) {
    interrupted_ = true;
    return;
  }
  if (first_in_step_) began_ = event.time;
  const std::chrono::duration<double> since = event.time - began_;
  present_window(event.rows).moments.push_back({since.count(), event.rows});
  interrupted_ = false;
}

RecordedStep& Recording::present_step() {
  if (first_in_step_) steps_.push_back({id_, step_title_, {}});
  first_in_step_ = false;
  return steps_.back();
}

Window& Recording::present_window(const std::vector<Row>& rows) {
  auto& windows = present_step().windows;
  if (!windows.empty() && !interrupted_ && same_series(windows.back().moments.front().rows, rows))
    return windows.back();
  std::size_t before = 0;
  for (const auto& step : steps_) before += step.id == id_ ? step.windows.size() : 0;
  windows.push_back({static_cast<unsigned>(before + 1), {}});
  return windows.back();
}

std::string here_and_now() {
  utsname kernel{};
  uname(&kernel);
  const time_t now = time(nullptr);
  tm local{};
  localtime_r(&now, &local);
  std::array<char, 64> text{};
  strftime(text.data(), text.size(), "%Y-%m-%d %H:%M %z", &local);
  const auto cpus = sysconf(_SC_NPROCESSORS_ONLN);
  return fmt::format("Linux {}, {} {}, {}", kernel.release, cpus, cpus == 1 ? "CPU" : "CPUs", text.data());
}

}  // namespace kerneltour::lesson
