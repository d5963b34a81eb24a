#pragma once

#include <cstdint>
#include <string>

namespace kerneltour::apt {

/// What is told of work that takes its time. Each is called from the thread that does the work.
class Observer {
 public:
  virtual ~Observer() = default;

  /// Several times a second: bytes so far and in all, bytes a second, and what is fetched now. Not all sizes
  /// are known from the beginning.
  virtual void downloading(std::uint64_t /*done*/, std::uint64_t /*total*/, std::uint64_t /*rate*/,
                           const std::string& /*what*/) {}
  /// An item of the download is there: "linux-image-6.12.9-amd64"; `bytes` is 0 where it was there before.
  virtual void downloaded(const std::string& /*what*/, std::uint64_t /*bytes*/) {}
  /// dpkg is at it, 0 to 100: "Unpacking linux-image-6.12.9-amd64".
  virtual void installing(double /*percent*/, const std::string& /*what*/) {}
  /// Somebody else has the lock: APT's words, which name the holder.
  virtual void waiting(const std::string& /*why*/) {}
};

}  // namespace kerneltour::apt
