#include "host/status_overrides.hpp"

#include "host/text.hpp"

namespace kerneltour::host {

std::vector<std::string> parse_status_overrides(std::string_view text) {
  std::vector<std::string> paths;
  while (!text.empty()) {
    auto path = take_line(text);
    for (int before = 0; before < 3; ++before) take_field(path, ' ');
    if (path.starts_with('/')) paths.emplace_back(path);  // it may hold spaces itself
  }
  return paths;
}

}  // namespace kerneltour::host
