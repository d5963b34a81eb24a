#include "host/status_overrides.hpp"

#include "posix/text.hpp"

namespace kerneltour::host {

std::vector<std::string> parse_status_overrides(std::string_view text) {
  std::vector<std::string> paths;
  while (!text.empty()) {
    auto path = posix::take_line(text);
    for (int before = 0; before < 3; ++before) posix::take_field(path, ' ');
    if (path.starts_with('/')) paths.emplace_back(path);  // it may hold spaces itself
  }
  return paths;
}

}  // namespace kerneltour::host
