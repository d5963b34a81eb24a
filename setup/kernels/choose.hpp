#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/kernel_release.hpp"
#include "kernels/kernel.hpp"

namespace kerneltour::kernels {

/// What is asked of a kernel.
struct Need {
  std::string named;                          ///< a release, version or package; empty: the best one
  host::KernelVersion at_least = {4, 20, 0};  ///< of Linux
  std::string flavour = {};                   ///< the running kernel's: "amd64", "cloud-amd64"; empty: any
};

/// A kernel, and why that one: "the newest of bookworm that is signed, and what linux-image-amd64 brings".
struct Choice {
  Kernel kernel;
  std::string metapackage;  ///< installed with it, so that updates come; empty: none
  std::string reason;       ///< without its full stop
};

/// The kernel that is named, or else the newest stable one that is new enough: of the distribution's signed
/// ones that APT would take by itself, else of its signed ones, else of its others, else of the mainline
/// archive; of the running kernel's flavour where there is one. nullopt where there is none.
std::optional<Choice> choose(const std::vector<Kernel>& kernels, const Need& need);

}  // namespace kerneltour::kernels
