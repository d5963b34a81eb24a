#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probes/probe.hpp"

namespace kerneltour::probes {

/// An outcome as a child sends it through its pipe: "RESULT ERRNO CALL".
std::string to_bytes(const Outcome& outcome);

/// The outcome in what came from the pipe; Result::died where that is none.
Outcome from_bytes(std::string_view bytes);

/// Sends an outcome with a NUL behind it, in one write(2); false where nobody reads.
bool send(int pipe, const Outcome& outcome);

/// The outcomes sent, in their order. One that was cut off is left out.
std::vector<Outcome> all_sent(std::string_view bytes);

}  // namespace kerneltour::probes
