#include "host/getsubids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

/// As getsubids(1) prints them.
std::string print(const std::vector<host::SubordinateRange>& ranges) {
  std::string text;
  for (const auto& range : ranges)
    text += fmt::format("{}: {} {} {}\n", text.size(), range.owner, range.start, range.count);
  return text;
}

}  // namespace

void target(std::string_view text) {
  const auto ranges = host::parse_getsubids(text);
  for (const auto& range : ranges) {
    must(!range.owner.empty(), "a range has an owner");
    must(range.count > 0, "a range has an ID");
    must(std::max(range.start, range.count) <= std::numeric_limits<std::uint32_t>::max(), "IDs have 32 bits");
  }
  must(ranges.size() <= static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1,
       "a line is one range at most");
  must(host::parse_getsubids(print(ranges)) == ranges, "ranges printed read as themselves");
}

}  // namespace kerneltour::fuzz
