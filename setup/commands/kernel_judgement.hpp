#pragma once

#include <string>
#include <vector>

#include "commands/command.hpp"
#include "features/judging.hpp"
#include "host/host.hpp"
#include "kernels/built_kernel.hpp"

namespace kerneltour::commands {

/// What a kernel that is not installed yet would be on this host, by its own configuration.
struct KernelJudgement {
  std::vector<std::string>
      says;  ///< of each feature, a line: "psi: disabled by default; psi=1 is set for it"
  std::vector<std::string> lacks;       ///< ids of features that it has not, and that were asked for
  std::vector<std::string> parameters;  ///< that it needs on its command line: "psi=1"
};

/// The features that a kernel is judged by: those of the chapters of --for, else those that hardly any
/// chapter runs without, which are told and not demanded.
std::vector<const features::Feature*> asked_features(const Arguments& arguments);

/// Whether it is the kernel itself that stands in a feature's way: its version, its configuration, its
/// modules, its command line. Packages and settings of the host stand on another page.
bool is_kernels_own(const features::Verdict& verdict);

/// Whether the kernel has not got the feature, and no parameter and no package helps. What could not be told
/// is no reason to say so.
bool is_lacking(const features::Verdict& verdict);

/// Judges it. Where its packages have no configuration, its version alone decides.
KernelJudgement judge_kernel(const kernels::BuiltKernel& kernel,
                             const std::vector<const features::Feature*>& asked, const host::Host& host);

}  // namespace kerneltour::commands
