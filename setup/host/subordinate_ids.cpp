#include "host/subordinate_ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "host/accounts.hpp"
#include "posix/terminal.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

constexpr std::uint64_t last_end = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t shortest_range = std::string_view("a:0:1\n").size();
constexpr std::size_t most_malformed = 1000;
constexpr std::size_t longest_malformed = 80;

/// OWNER:START:COUNT, exactly.
std::optional<SubordinateRange> parse_range(std::string_view line) {
  const auto first = line.find(':');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = line.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;

  const auto owner = line.substr(0, first);
  const auto start = posix::parse_number<std::uint32_t>(line.substr(first + 1, second - first - 1));
  const auto count = posix::parse_number<std::uint32_t>(line.substr(second + 1));
  if (!is_account_name(owner) || !start || !count || *count == 0) return std::nullopt;
  SubordinateRange range{std::string(owner), *start, *count, 0};
  if (range.end() > last_end) return std::nullopt;
  return range;
}

bool says_nothing(std::string_view line) {
  const auto text = posix::trim(line);
  return text.empty() || text.front() == '#';
}

/// As strtoul(3) with base 0 takes them: shadow's getdef_ulong().
std::optional<std::uint64_t> parse_any_base(std::string_view text) {
  int base = 10;
  if (text.size() > 1 && text.front() == '0') {
    const bool hexadecimal = text[1] == 'x' || text[1] == 'X';
    base = hexadecimal ? 16 : 8;
    text.remove_prefix(hexadecimal ? 2 : 1);
  }
  std::uint64_t number = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

bool begins_with_subid(std::string_view line) {
  constexpr std::string_view key = "subid:";
  const auto same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + ('a' - 'A') == b); };
  return line.size() >= key.size() && std::equal(key.begin(), key.end(), line.begin(),
                                                 [&](char expected, char c) { return same(c, expected); });
}

}  // namespace

std::string written(const SubordinateRange& range) {
  return fmt::format("{}:{}:{}", range.owner, range.start, range.count);
}

SubordinateFile parse_subordinate_ids(std::string_view text) {
  SubordinateFile file;
  file.exists = true;
  file.ranges.reserve(text.size() / shortest_range + 1);
  for (unsigned number = 1; !text.empty(); ++number) {
    const auto line = posix::take_line(text);
    if (auto range = parse_range(line); range && line.front() != '#') {
      range->line = number;
      file.ranges.push_back(std::move(*range));
    } else if (!says_nothing(line) && file.malformed.size() < most_malformed) {
      file.malformed.push_back({number, posix::printable(posix::beginning(line, longest_malformed))});
    }
  }
  return file;
}

SubordinateDefaults parse_login_defs(std::string_view text, std::string_view kind) {
  SubordinateDefaults defaults;
  const std::string prefix = "SUB_" + std::string(kind) + "_";
  while (!text.empty()) {
    const auto setting = posix::trim(posix::take_line(text));
    if (!setting.starts_with(prefix)) continue;  // nearly every line: it is not worth splitting
    const auto line = posix::words(setting);
    if (line.size() < 2) continue;
    const auto number = parse_any_base(line[1]);
    if (!number) continue;
    const auto name = line[0].substr(prefix.size());
    if (name == "MIN") defaults.min = *number;
    if (name == "MAX") defaults.max = *number;
    if (name == "COUNT") defaults.count = *number;
  }
  return defaults;
}

std::vector<std::string> subordinate_id_services(std::string_view nsswitch) {
  while (!nsswitch.empty()) {
    auto line = posix::take_line(nsswitch);
    if (!begins_with_subid(line)) continue;
    line.remove_prefix(line.find(':') + 1);
    std::vector<std::string> services;
    for (const std::string_view service : posix::words(posix::take_field(line, '#'))) {
      if (service == "files") return services;
      if (service.front() != '[') services.push_back(posix::printable(service));
    }
    if (!services.empty()) return services;
  }
  return {};
}

}  // namespace kerneltour::host
