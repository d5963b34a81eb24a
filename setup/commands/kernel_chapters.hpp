#pragma once

#include <vector>

#include "host/host.hpp"
#include "kernels/kernel.hpp"

namespace kerneltour::commands {

/// The numbers of the chapters that a kernel can run: those that need no feature which it is too old for,
/// and, where it is installed, none that its configuration leaves out. What else may stand against them on
/// the host is for `check` to say.
class KernelChapters {
 public:
  explicit KernelChapters(const host::Host& host) : host_(host) {}
  std::vector<unsigned> of(const kernels::Kernel& kernel) const;

 private:
  const host::Host& host_;
};

}  // namespace kerneltour::commands
