#pragma once

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

/// How many bytes the plan that is made in the cache has still to fetch.
std::uint64_t bytes_to_fetch(Cache& cache);

/// Fetches the packages of the plan that is made in the cache into APT's own folder (Dir::Cache::archives),
/// resumed where a part is there, and checked against the hashes of APT's lists. Refuses what APT cannot
/// authenticate. Throws Error and Interrupted; what is there then stays.
std::vector<Archive> fetch_archives(Cache& cache, Observer& observer);

}  // namespace kerneltour::apt
