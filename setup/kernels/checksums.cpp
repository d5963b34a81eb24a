#include "kernels/checksums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

constexpr std::string_view block = "# Checksums-";  // and "Sha256:"

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

/// "SUM  NAME", or "SUM *NAME" as sha256sum(1) has it of a binary file.
void add(Checksums& sums, std::string_view line, std::size_t number) {
  const auto blank = std::min(line.find(' '), line.size());
  auto name = posix::trim(line.substr(blank));
  if (name.starts_with('*')) name.remove_prefix(1);
  if (!is_sha256(line.substr(0, blank)))
    throw std::runtime_error(fmt::format("CHECKSUMS, line {}, is not a SHA-256 and a file's name", number));
  if (!is_plain_file_name(name))
    throw std::runtime_error(fmt::format("CHECKSUMS, line {}, names a file as no package is named", number));
  const auto sum = lowered(line.substr(0, blank));
  const auto [other, added] = sums.emplace(name, sum);
  if (!added && other->second != sum)
    throw std::runtime_error(fmt::format("CHECKSUMS has two different sums of {}", name));
}

}  // namespace

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), is_hexadecimal);
}

bool is_plain_file_name(std::string_view name) {
  constexpr std::size_t longest = 255;  // NAME_MAX
  constexpr std::string_view marks = "+-._~";
  const auto fits = [&](char c) { return is_letter(c) || is_digit(c) || marks.find(c) != marks.npos; };
  if (name.empty() || name.size() > longest || name.front() == '.' || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(), fits);
}

Checksums parse_checksums(std::string_view text) {
  Checksums sums;
  bool wanted = false;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = posix::trim(posix::take_line(text));
    if (line.starts_with(block)) wanted = lowered(line.substr(block.size())) == "sha256:";
    if (wanted && !line.empty() && !line.starts_with('#')) add(sums, line, number);
  }
  if (sums.empty())
    throw std::runtime_error("CHECKSUMS has no SHA-256 of any file, and other sums prove nothing today");
  return sums;
}

}  // namespace kerneltour::kernels
