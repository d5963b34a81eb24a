#include "fuzz/target.hpp"
#include "host/user_namespace.hpp"

namespace kerneltour::fuzz {

void target(std::string_view text) {
  host::UserNamespace name_space;
  name_space.users = host::parse_id_map(text);
  for (const auto& [inside, outside, count] : *name_space.users) {
    if (count == 0) continue;
    must(name_space.has_user(inside), "the first ID of a line is mapped");
    must(name_space.has_user(inside + count - 1), "and so is its last");
  }
}

}  // namespace kerneltour::fuzz
