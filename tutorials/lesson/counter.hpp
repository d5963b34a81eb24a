#pragma once

#include <atomic>

namespace kerneltour::lesson {

/// A number in memory that a step shares with its processes: made before them, counted up in one, read in
/// another, while both run.
class Counter {
 public:
  /// Throws posix::SystemError.
  Counter();
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;
  ~Counter();

  void add() const { number_->fetch_add(1, std::memory_order_relaxed); }
  double value() const { return static_cast<double>(number_->load(std::memory_order_relaxed)); }

 private:
  std::atomic<unsigned long>* number_;  ///< in a page that fork(2) shares
};

}  // namespace kerneltour::lesson
