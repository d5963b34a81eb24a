#include "host/subordinate_ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

std::string print(const std::vector<host::SubordinateRange>& ranges) {
  std::string text;
  for (const auto& range : ranges) text += fmt::format("{}:{}:{}\n", range.owner, range.start, range.count);
  return text;
}

void is_a_range(const host::SubordinateRange& range) {
  must(!range.owner.empty(), "a range has an owner");
  must(range.count > 0, "a range has an ID");
  must(range.start < range.end() && range.end() <= std::uint64_t{1} << 32, "a range is of 32-bit IDs");
  must(range.overlaps(range), "a range overlaps itself");
}

/// A line of the file is a range, or malformed, or neither: never both.
void each_line_is_told_once(const host::SubordinateFile& file, std::string_view text) {
  std::set<unsigned> lines;
  for (const auto& range : file.ranges) must(lines.insert(range.line).second, "a line is one range");
  for (const auto& malformed : file.malformed) {
    must(lines.insert(malformed.line).second, "a malformed line is no range");
    must(!malformed.text.empty(), "an empty line is not malformed");
  }
  const auto last = 1 + std::ranges::count(text, '\n');
  must(lines.empty() || (*lines.begin() >= 1 && *lines.rbegin() <= last), "lines are those of the text");
}

}  // namespace

void target(std::string_view text) {
  const auto file = host::parse_subordinate_ids(text);
  must(file.exists, "what was parsed exists");
  for (const auto& range : file.ranges) is_a_range(range);
  each_line_is_told_once(file, text);

  const auto again = host::parse_subordinate_ids(print(file.ranges));
  must(again.malformed.empty() && print(again.ranges) == print(file.ranges),
       "ranges printed read as themselves");
}

}  // namespace kerneltour::fuzz
