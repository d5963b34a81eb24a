#include "host/status_overrides.hpp"

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {

void target(std::string_view text) {
  const auto paths = host::parse_status_overrides(text);
  std::string lines;
  for (const auto& path : paths) {
    must(path.starts_with('/') && path.find('\n') == path.npos, "a path is absolute and one line");
    lines += "root root 4755 " + path + '\n';
  }
  must(host::parse_status_overrides(lines) == paths, "overrides printed read as themselves");
}

}  // namespace kerneltour::fuzz
