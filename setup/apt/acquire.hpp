#pragma once

#include <apt-pkg/acquire.h>

#include "apt/observer.hpp"

namespace kerneltour::apt {

/// Runs what is queued, tells the observer of it, and demands that all of it is there then: libapt-pkg says
/// that all went well also where items have failed. Throws Error and Interrupted.
void acquire_all(pkgAcquire& fetcher);

/// Says to an observer what libapt-pkg says of a download.
class AcquireStatus : public pkgAcquireStatus {
 public:
  explicit AcquireStatus(Observer& observer) : observer_(observer) {}

  bool MediaChange(std::string, std::string) override { return false; }
  void IMSHit(pkgAcquire::ItemDesc& item) override;
  void Done(pkgAcquire::ItemDesc& item) override;
  bool Pulse(pkgAcquire* owner) override;

 private:
  Observer& observer_;
};

}  // namespace kerneltour::apt
