#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apt/cache.hpp"
#include "apt/observer.hpp"

namespace kerneltour::apt {

/// A package's file.
struct Archive {
  std::string package;
  std::string version;
  std::string path;
};

class QueuedArchives;

/// The packages of the plan that is made in a cache, on their way into APT's own folder
/// (Dir::Cache::archives).
class Archives {
 public:
  /// The cache has to outlive this object, and no other plan may be made in it meanwhile. Throws Error.
  explicit Archives(Cache& cache);
  ~Archives();

  /// How many bytes have still to come.
  std::uint64_t bytes_to_fetch() const;

  /// Fetches them, resumed where a part is there, and checked against the hashes of APT's lists. Refuses what
  /// APT cannot authenticate. Throws Error and Interrupted; what is there then stays.
  std::vector<Archive> fetch(Observer& observer);

 private:
  Cache& cache_;
  std::unique_ptr<QueuedArchives> queued_;
};

}  // namespace kerneltour::apt
