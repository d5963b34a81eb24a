#include "apt/acquire.hpp"

#include <apt-pkg/acquire-item.h>
#include <apt-pkg/acquire-worker.h>
#include <fmt/format.h>
#include <signal.h>

#include <atomic>

#include "apt/interrupted.hpp"
#include "apt/messages.hpp"

namespace kerneltour::apt {
namespace {

constexpr int pulse = 200'000;  // microseconds

std::atomic<int> asked_to_stop = 0;

void take_note(int signal) { asked_to_stop = signal; }

/// As long as this object lives, SIGINT, SIGTERM and SIGHUP are taken note of.
class Stopping {
 public:
  Stopping() {
    asked_to_stop = 0;
    struct sigaction action {};
    action.sa_handler = take_note;
    for (std::size_t i = 0; i < std::size(signals); ++i) sigaction(signals[i], &action, &before_[i]);
  }
  Stopping(const Stopping&) = delete;
  Stopping& operator=(const Stopping&) = delete;
  ~Stopping() {
    for (std::size_t i = 0; i < std::size(signals); ++i) sigaction(signals[i], &before_[i], nullptr);
  }

 private:
  static constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before_[std::size(signals)];
};

/// What one item failed of.
std::string reason_of(const pkgAcquire::Item& item) {
  return item.ErrorText.empty() ? "it did not come whole" : item.ErrorText;
}

}  // namespace

void acquire_all(pkgAcquire& fetcher) {
  const Stopping stopping;
  const auto result = fetcher.Run(pulse);
  if (asked_to_stop != 0) {
    take_messages();
    throw Interrupted(asked_to_stop);
  }
  if (result != pkgAcquire::Continue) fail("cannot download");
  for (auto item = fetcher.ItemsBegin(); item != fetcher.ItemsEnd(); ++item) {
    if ((*item)->Status == pkgAcquire::Item::StatDone && (*item)->Complete) continue;
    const auto what = (*item)->DescURI();
    take_messages();
    throw Error(fmt::format("cannot download {}: {}", what, reason_of(**item)));
  }
  take_messages();
}

void AcquireStatus::IMSHit(pkgAcquire::ItemDesc& item) { observer_.downloaded(item.Description, 0); }

void AcquireStatus::Done(pkgAcquire::ItemDesc& item) {
  observer_.downloaded(item.Description, item.Owner->FileSize);
}

bool AcquireStatus::Pulse(pkgAcquire* owner) {
  pkgAcquireStatus::Pulse(owner);
  std::string what;
  for (auto worker = owner->WorkersBegin(); worker; worker = owner->WorkerStep(worker)) {
    if (worker->CurrentItem) what = worker->CurrentItem->ShortDesc;
  }
  observer_.downloading(CurrentBytes, TotalBytes, CurrentCPS, what);
  return asked_to_stop == 0;
}

}  // namespace kerneltour::apt
