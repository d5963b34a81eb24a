#include "host/mounts.hpp"

#include <algorithm>

#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// "\040" is a space: fs/seq_file.c (mangle_path) writes white space, '\' and '#' that way.
std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const bool escape = text.size() >= 4 && text[0] == '\\' && text[1] >= '0' && text[1] <= '3' &&
                        is_octal(text[2]) && is_octal(text[3]);
    if (escape) {
      plain += static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
    } else {
      plain += text.front();
    }
    text.remove_prefix(escape ? 4 : 1);
  }
  return plain;
}

/// ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [OPTIONAL...] - TYPE SOURCE SUPER_OPTIONS, one space between
/// them: a mount's source may be empty.
std::optional<Mount> parse_line(std::string_view line) {
  constexpr std::size_t fixed = 6;
  const auto parts = posix::fields(line, ' ');
  if (parts.size() < fixed) return std::nullopt;
  const auto separator = std::find(parts.begin() + fixed, parts.end(), "-");
  if (parts.end() - separator < 4) return std::nullopt;

  const auto id = posix::parse_number<unsigned>(parts[0]);
  const auto parent = posix::parse_number<unsigned>(parts[1]);
  if (!id || !parent || !parts[4].starts_with('/') || separator[1].empty()) return std::nullopt;
  return Mount{*id,
               *parent,
               unescape(parts[3]),
               unescape(parts[4]),
               unescape(separator[1]),
               std::string(parts[5]),
               unescape(separator[3])};
}

}  // namespace

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  while (!text.empty()) {
    if (auto mount = parse_line(posix::take_line(text))) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

}  // namespace kerneltour::host
