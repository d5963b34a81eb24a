#include "kernels/image_package.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A metapackage names a series at most ("linux-image-5.10-amd64"): a release has three numbers, or an ABI.
bool names_one_build(std::string_view release) {
  const auto number = release.substr(0, release.find_first_not_of("0123456789."));
  return std::count(number.begin(), number.end(), '.') >= 2;
}

}  // namespace

std::optional<ImagePackage> parse_image_package(std::string_view name) {
  if (!take_prefix(name, image_prefix)) return std::nullopt;
  const bool unsigned_prefix = take_prefix(name, "unsigned-");
  if (name.ends_with("-dbg") || name.ends_with("-dbgsym") || name.ends_with("-template")) return std::nullopt;
  const bool unsigned_suffix = take_suffix(name, "-unsigned");
  if (name.empty() || !is_digit(name.front()) || !names_one_build(name)) return std::nullopt;
  auto release = host::parse_kernel_release(name);
  if (!release) return std::nullopt;
  return ImagePackage{*std::move(release), unsigned_prefix || unsigned_suffix};
}

std::string linux_version(std::string_view package_version) {
  if (const auto epoch = package_version.find(':'); epoch != package_version.npos)
    package_version.remove_prefix(epoch + 1);
  const auto end = package_version.find_first_not_of("0123456789.");
  std::string version(package_version.substr(0, end));
  auto rest = end == package_version.npos ? std::string_view() : package_version.substr(end);
  if (!take_prefix(rest, "~rc") && !take_prefix(rest, "-rc")) return version;
  return fmt::format("{}-rc{}", version, rest.substr(0, rest.find_first_not_of("0123456789")));
}

}  // namespace kerneltour::kernels
