#include "kernels/archive_url.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Of what RFC 3986 allows in a URL, that which neither a shell nor APT's configuration reads otherwise.
bool is_plain(char c) {
  constexpr std::string_view marks = "-._~:/@%+,=!$&()*;[]";
  return is_letter_or_digit(c) || marks.find(c) != marks.npos;
}

/// `text` without the scheme at its beginning; nullopt where it has another one.
std::optional<std::string_view> behind(std::string_view text, std::string_view scheme) {
  if (!text.starts_with(scheme)) return std::nullopt;
  return text.substr(scheme.size());
}

/// HOST/PATH, perhaps with NAME:PASSWORD@ before it.
bool has_host(std::string_view rest) {
  const auto authority = rest.substr(0, rest.find('/'));
  const auto at = authority.rfind('@');
  const auto host = authority.substr(at == authority.npos ? 0 : at + 1);
  return !host.empty() && host.front() != ':';
}

bool climbs(std::string_view path) {
  const auto parts = posix::fields(path, '/');
  return std::find(parts.begin(), parts.end(), "..") != parts.end();
}

/// "file:/path" and "file:///path" are one.
bool is_file(std::string_view rest) {
  return rest.starts_with('/') && (!rest.starts_with("//") || rest.starts_with("///"));
}

}  // namespace

std::optional<std::string> parse_archive_url(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_plain) || climbs(text)) return std::nullopt;
  auto remote = behind(text, "https://");
  if (!remote) remote = behind(text, "http://");
  const auto file = behind(text, "file:");
  if (!(remote && has_host(*remote)) && !(file && is_file(*file))) return std::nullopt;
  return fmt::format("{}{}", text, text.ends_with('/') ? "" : "/");
}

std::string cache_name_of(std::string_view url) {
  auto rest = url;
  const auto scheme = posix::take_field(rest, ':');
  while (rest.starts_with('/')) rest.remove_prefix(1);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const auto authority = rest.substr(0, rest.find('/'));
  if (const auto at = authority.rfind('@'); scheme != "file" && at != authority.npos)
    rest.remove_prefix(at + 1);
  std::string name = fmt::format("{}_", scheme);
  for (const char c : rest) {
    if (is_letter_or_digit(c) || c == '-' || c == '.') {
      name += c;
    } else {
      name += c == '/' ? "_" : fmt::format("={:02X}", static_cast<unsigned char>(c));
    }
  }
  return name;
}

}  // namespace kerneltour::kernels
