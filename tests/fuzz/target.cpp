#include "fuzz/target.hpp"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cstdlib>

namespace kerneltour::fuzz {

void must(bool holds, std::string_view claim) {
  if (holds) return;
  fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(claim.size()), claim.data());
  std::abort();
}

}  // namespace kerneltour::fuzz

/// What libFuzzer calls (https://llvm.org/docs/LibFuzzer.html).
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  kerneltour::fuzz::target({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
