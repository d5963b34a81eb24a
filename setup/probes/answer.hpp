#pragma once

#include <string>
#include <string_view>

#include "probes/probe.hpp"

namespace kerneltour::probes {

/// An outcome as a probe's child sends it through its pipe, in one write(2): "RESULT ERRNO CALL".
std::string to_bytes(const Outcome& outcome);

/// The outcome in what came from the pipe; Result::died where that is none.
Outcome from_bytes(std::string_view bytes);

}  // namespace kerneltour::probes
