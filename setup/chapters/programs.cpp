#include "chapters/programs.hpp"

#include <fmt/format.h>
#include <limits.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace kerneltour::chapters {
namespace {

/// Where this program is, by /proc: never by $PATH or argv.
std::string own_directory() {
  std::array<char, PATH_MAX> path{};
  const auto length = readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return {};
  const std::string_view text(path.data(), static_cast<std::size_t>(length));
  return std::string(text.substr(0, text.rfind('/')));
}

}  // namespace

std::string program_of(const Chapter& chapter) {
  auto path = fmt::format("{}/../libexec/kerneltour/{}", own_directory(), chapter.id);
  return access(path.c_str(), X_OK) == 0 ? path : std::string();
}

}  // namespace kerneltour::chapters
