#include "host/mounts.hpp"

#include <fmt/format.h>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

/// As the kernel writes it: white space and backslashes in octal (fs/seq_file.c: mangle_path).
std::string escaped(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    const bool special = std::string_view(" \t\n\\#").find(byte) != std::string_view::npos;
    out += special ? fmt::format("\\{:03o}", static_cast<unsigned char>(byte)) : std::string(1, byte);
  }
  return out;
}

std::string print(const std::vector<host::Mount>& mounts) {
  std::string text;
  for (const auto& mount : mounts)
    text += fmt::format("{} {} 0:1 {} {} {} shared:1 - {} source {}\n", mount.id, mount.parent,
                        escaped(mount.root), escaped(mount.point), mount.options, escaped(mount.type),
                        escaped(mount.super_options));
  return text;
}

}  // namespace

void target(std::string_view text) {
  const auto mounts = host::parse_mountinfo(text);
  for (const auto& mount : mounts)
    must(!mount.point.empty() && !mount.type.empty(), "a mount has a point and a type");
  must(print(host::parse_mountinfo(print(mounts))) == print(mounts), "mounts printed read as themselves");
}

}  // namespace kerneltour::fuzz
