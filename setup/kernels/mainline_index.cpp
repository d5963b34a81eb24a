#include "kernels/mainline_index.hpp"

#include <algorithm>
#include <map>

#include "kernels/html_link.hpp"
#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

constexpr std::size_t longest_name = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether `text` begins like `shape`, in which 0 stands for any digit.
bool has_shape(std::string_view text, std::string_view shape) {
  const auto alike = [](char c, char wanted) { return wanted == '0' ? is_digit(c) : c == wanted; };
  return text.size() >= shape.size() && std::equal(shape.begin(), shape.end(), text.begin(),
                                                   [&](char wanted, char c) { return alike(c, wanted); });
}

/// The first date in the text behind a link, which is the folder's.
std::string date_in(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00 00:00";
  for (; text.size() >= shape.size(); text.remove_prefix(1)) {
    if (has_shape(text, shape)) return std::string(text.substr(0, shape.size()));
  }
  return {};
}

/// The version whose folder `target` is: a name beside the page, or the end of a path or URL.
std::optional<MainlineVersion> version_of(std::string_view target) {
  if (!target.ends_with('/')) return std::nullopt;
  target.remove_suffix(1);
  const auto name = target.substr(target.rfind('/') + 1);  // all of it where there is no slash
  if (name.size() > longest_name) return std::nullopt;
  const auto version = parse_mainline_version(name);
  // "v6.09" and "v6.9.0" are no folders of that version.
  return version && folder_of(*version) == name ? version : std::nullopt;
}

}  // namespace

std::vector<MainlineFolder> parse_mainline_index(std::string_view html) {
  std::map<MainlineVersion, std::string> found;
  while (const auto link = take_link(html)) {
    const auto version = version_of(link->target);
    if (!version) continue;
    auto& changed = found[*version];
    if (changed.empty()) changed = date_in(link->behind);
  }
  std::vector<MainlineFolder> folders;
  for (auto& [version, changed] : found) folders.push_back({version, std::move(changed)});
  return folders;
}

}  // namespace kerneltour::kernels
