#include "host/grub_environment.hpp"

#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

constexpr std::string_view signature = "# GRUB Environment Block\n";  // include/grub/lib/envblk.h

/// The value that `rest` begins with, up to a newline that no '\' stands before; taken away from it.
std::string take_value(std::string_view& rest) {
  std::string value;
  while (!rest.empty()) {
    char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\n') break;
    if (c == '\\' && !rest.empty()) {
      c = rest.front();
      rest.remove_prefix(1);
    }
    value += c;
  }
  return value;
}

}  // namespace

std::optional<GrubEnvironment> parse_grub_environment(std::string_view text) {
  if (!text.starts_with(signature)) return std::nullopt;
  GrubEnvironment environment;
  text.remove_prefix(signature.size());
  while (!text.empty()) {
    const auto end = text.find_first_of("=\n");
    if (text.front() == '#' || end == text.npos || text[end] == '\n') {
      posix::take_line(text);  // a comment, or what fills the block
      continue;
    }
    std::string name(text.substr(0, end));
    text.remove_prefix(end + 1);
    environment[std::move(name)] = take_value(text);
  }
  return environment;
}

}  // namespace kerneltour::host
