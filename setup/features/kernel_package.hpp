#pragma once

#include <string>

#include "host/facts.hpp"

namespace kerneltour::features {

/// The package that brings the distribution's kernel of `at_least` or later, for this host's architecture and
/// flavour: "linux-image-amd64", "linux-generic-hwe-24.04". Empty where the distribution's release has none.
std::string kernel_package(const host::Facts& facts, host::KernelVersion at_least);

}  // namespace kerneltour::features
