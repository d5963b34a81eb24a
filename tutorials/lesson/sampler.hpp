#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "lesson/pressure.hpp"
#include "lesson/step.hpp"

namespace kerneltour::lesson {

/// Watches pressure, and what stands beside it, for a while: ten readings a second, each of which goes to
/// the step's chart. Every file is opened once.
class Sampler {
 public:
  explicit Sampler(Step& step) : step_(step) {}
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// A row with `some`, or `full`, of that pressure file in percent of the time between two readings.
  void add_some(std::string label, const std::string& path);
  void add_full(std::string label, const std::string& path);
  /// A row with the load average of the last minute (/proc/loadavg, proc(5)).
  void add_load_average();
  /// A row with whatever `read` says.
  void add(std::string label, std::string unit, std::function<double()> read);
  /// A row with how much what `read` says has grown between two readings, a second.
  void add_rate(std::string label, std::string unit, std::function<double()> read);

  /// Reads for so long, and returns each row's mean over that time. Begins anew each time. Stops early where
  /// `enough` says so after a reading.
  std::vector<Row> watch(std::chrono::milliseconds time, const std::function<bool()>& enough = {});

  /// What reading has cost so far: CPU time of this thread, without drawing.
  std::chrono::nanoseconds cpu_time() const { return cpu_time_; }
  unsigned readings() const { return readings_; }

 private:
  struct Series {
    Row row;
    std::function<double()> read;
    double sum = 0;  ///< of what was read, each times its seconds
  };

  void add_pressure(std::string label, const std::string& path, double Stalled::*part);
  void read_all(double seconds);

  Step& step_;
  std::vector<Series> series_;
  std::chrono::nanoseconds cpu_time_{0};
  unsigned readings_ = 0;
};

}  // namespace kerneltour::lesson
