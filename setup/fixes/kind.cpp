#include "fixes/kind.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "fixes/subordinate_ids.hpp"

namespace kerneltour::fixes {

const Kind& kind_of(std::string_view name) {
  static const Kind* const kinds[] = {&subordinate_ids};
  for (const auto* kind : kinds) {
    if (kind->name == name) return *kind;
  }
  throw std::runtime_error(
      fmt::format("the journal has a change of the kind '{}', which this version does not know", name));
}

}  // namespace kerneltour::fixes
