#include "fixes/change.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace kerneltour::fixes {

std::string_view name_of(Stage stage) {
  constexpr std::string_view names[] = {"begun", "made", "undoing", "undone"};
  return names[static_cast<std::size_t>(stage)];
}

std::string id_of(const Change& change) { return fmt::format("{:04}-{}", change.number, change.kind); }

}  // namespace kerneltour::fixes
