#include "host/os_release.hpp"

#include <algorithm>
#include <optional>

#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::size_t longest = 200;  // of a value: it is shown

/// Up to the quote that ends it, which is taken away with it; nullopt where it is missing. Between double
/// quotes a backslash escapes what sh(1) would expand (os-release(5)).
std::optional<std::string> take_quoted(std::string_view& text, char quote) {
  constexpr std::string_view escapable = "$\"\\`";
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == quote) {
      text.remove_prefix(i + 1);
      return plain;
    }
    const bool escape = quote == '"' && text[i] == '\\' && i + 1 < text.size() &&
                        escapable.find(text[i + 1]) != escapable.npos;
    if (escape) ++i;
    plain += text[i];
  }
  return std::nullopt;
}

/// A word of the shell, quotes and backslashes resolved; nullopt where a quote is not closed.
std::optional<std::string> shell_word(std::string_view text) {
  std::string word;
  while (!text.empty() && blanks.find(text.front()) == blanks.npos) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"' || c == '\'') {
      const auto quoted = take_quoted(text, c);
      if (!quoted) return std::nullopt;
      word += *quoted;
    } else if (c == '\\' && !text.empty()) {
      word += text.front();
      text.remove_prefix(1);
    } else {
      word += c;
    }
  }
  return word;
}

struct Codename {
  std::string_view distribution;
  std::string_view codename;
  std::string_view version;
};

// Releases that derivatives are made from.
constexpr Codename codenames[] = {
    {"debian", "buster", "10"},   {"debian", "bullseye", "11"},  {"debian", "bookworm", "12"},
    {"debian", "trixie", "13"},   {"ubuntu", "bionic", "18.04"}, {"ubuntu", "focal", "20.04"},
    {"ubuntu", "jammy", "22.04"}, {"ubuntu", "noble", "24.04"},
};

std::string version_of(std::string_view distribution, std::string_view codename) {
  for (const auto& known : codenames) {
    if (known.distribution == distribution && known.codename == codename) return std::string(known.version);
  }
  return {};
}

void assign(OsRelease& os, std::string_view name, const std::string& value) {
  if (name == "ID") os.id = value;
  if (name == "VERSION_ID") os.version = value;
  if (name == "PRETTY_NAME") os.pretty_name = value;
  if (name == "VERSION_CODENAME") os.codename = value;
  if (name == "UBUNTU_CODENAME" || (name == "DEBIAN_CODENAME" && os.base_codename.empty()))
    os.base_codename = value;
  if (name != "ID_LIKE") return;
  const auto names = posix::words(value);
  os.like.assign(names.begin(), names.end());
}

}  // namespace

bool OsRelease::is_like(std::string_view name) const {
  return id == name || std::find(like.begin(), like.end(), name) != like.end();
}

BaseRelease base_of(const OsRelease& os) {
  BaseRelease base;
  for (const std::string_view distribution : {"ubuntu", "debian"}) {
    if (base.distribution.empty() && os.is_like(distribution)) base.distribution = distribution;
  }
  if (base.distribution.empty()) return base;
  if (os.id == base.distribution) {
    base.version = os.version;
    base.newest = os.id == "debian" && os.version.empty();
    return base;
  }
  base.version = version_of(base.distribution, os.base_codename.empty() ? os.codename : os.base_codename);
  return base;
}

OsRelease parse_os_release(std::string_view text) {
  OsRelease os;
  while (!text.empty()) {
    const std::string_view line = posix::trim(posix::take_line(text));
    const std::size_t equals = line.find('=');
    if (equals == line.npos) continue;
    if (const auto value = shell_word(line.substr(equals + 1)))
      assign(os, line.substr(0, equals), std::string(posix::beginning(*value, longest)));
  }
  if (os.id.empty()) os.id = "linux";
  return os;
}

}  // namespace kerneltour::host
