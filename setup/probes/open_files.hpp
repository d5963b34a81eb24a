#pragma once

#include <unistd.h>

namespace kerneltour::probes {

/// Closes every file of this process but standard input, output, error and `kept`.
inline void close_all_but(int kept) {
  close_range(3, static_cast<unsigned>(kept) - 1, 0);
  close_range(static_cast<unsigned>(kept) + 1, ~0U, 0);
}

}  // namespace kerneltour::probes
