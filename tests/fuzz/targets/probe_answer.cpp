#include "fuzz/target.hpp"
#include "probes/answer.hpp"

namespace kerneltour::fuzz {

/// A probe's child may be killed at any byte of its answer.
void target(std::string_view text) {
  using Result = probes::Outcome::Result;
  const auto outcome = probes::from_bytes(text);
  must(outcome.asked() && outcome.result != Result::timed_out, "a child says only what it can know");
  must(!outcome.says().empty(), "an outcome can be said");
  if (outcome.result == Result::died) return;

  const auto again = probes::from_bytes(probes::to_bytes(outcome));
  must(again.result == outcome.result && again.call == outcome.call && again.error == outcome.error,
       "an answer sent reads as itself");
}

}  // namespace kerneltour::fuzz
