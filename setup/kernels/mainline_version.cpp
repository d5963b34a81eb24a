#include "kernels/mainline_version.hpp"

#include <fmt/format.h>

#include <limits>

#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

/// What a release is among its candidates: behind them all.
unsigned rank_of(const std::optional<unsigned>& candidate) {
  return candidate.value_or(std::numeric_limits<unsigned>::max());
}

}  // namespace

std::strong_ordering MainlineVersion::operator<=>(const MainlineVersion& other) const {
  if (const auto numbers = number <=> other.number; numbers != 0) return numbers;
  return rank_of(candidate) <=> rank_of(other.candidate);
}

std::optional<MainlineVersion> parse_mainline_version(std::string_view text) {
  constexpr std::string_view mark = "-rc";
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto rc = text.find(mark);
  const auto number = host::parse_kernel_version(text.substr(0, rc));
  if (!number) return std::nullopt;
  MainlineVersion version{*number};
  if (rc == text.npos) return version;
  version.candidate = posix::parse_number<unsigned>(text.substr(rc + mark.size()));
  const bool counted = version.candidate && *version.candidate < rank_of({});
  return counted ? std::optional(version) : std::nullopt;
}

std::string folder_of(const MainlineVersion& version) {
  const auto& [major, minor, patch] = version.number;
  auto folder = fmt::format("v{}.{}", major, minor);
  if (patch != 0) folder += fmt::format(".{}", patch);
  if (version.candidate) folder += fmt::format("-rc{}", *version.candidate);
  return folder;
}

}  // namespace kerneltour::kernels
