#pragma once

#include <stdexcept>

namespace kerneltour::apt {

/// The person, or the system that goes down, has stopped a download.
class Interrupted : public std::runtime_error {
 public:
  explicit Interrupted(int signal)
      : std::runtime_error("stopped; what is there is kept, and the same command goes on with it"),
        signal_(signal) {}
  int signal() const { return signal_; }

 private:
  int signal_;
};

}  // namespace kerneltour::apt
