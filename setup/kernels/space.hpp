#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kerneltour::kernels {

/// What is written to a directory, and what is free on its file system.
struct SpaceNeed {
  std::string directory;     ///< "/boot"
  std::uint64_t needed = 0;  ///< bytes
  std::uint64_t free = 0;    ///< bytes, for root

  bool fits() const { return needed <= free; }
};

/// What a plan takes of a host's file systems.
struct SpaceRequest {
  std::string root;             ///< "" for the running host
  std::size_t new_kernels = 1;  ///< whose image, initial RAM disk and symbol map come to be in /boot
  std::uint64_t download = 0;   ///< bytes that come to be in `archives`
  std::string archives;         ///< APT's folder of packages
  std::int64_t installed = 0;   ///< bytes by which the installed size grows
};

/// One for each file system, by the directory that was asked for first. For /boot it is the estimate that APT
/// makes (apt-pkg/depcache.cc: pkgDepCache::BootSize): the largest image, initial RAM disk and symbol map
/// that are there, and a tenth more.
std::vector<SpaceNeed> space_needs(const SpaceRequest& request);

}  // namespace kerneltour::kernels
