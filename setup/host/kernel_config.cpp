#include "host/kernel_config.hpp"

#include <cerrno>
#include <functional>
#include <limits>
#include <utility>

#include "host/decompress.hpp"
#include "host/host.hpp"

namespace kerneltour::host {
namespace {

constexpr std::string_view prefix = "CONFIG_";
constexpr std::string_view commented = "# ";
constexpr std::string_view not_set = " is not set";
constexpr std::size_t buckets = 1 << 14;  // a distribution's configuration has 9,000 options

std::string_view trim_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
    line.remove_suffix(1);
  }
  return line;
}

/// The option that a line is about, with its prefix; empty for a line about none. These two forms are all
/// that kconfig reads (scripts/kconfig/confdata.c: conf_read_simple).
std::string_view option_of(std::string_view line) {
  if (line.starts_with(prefix)) {
    const std::size_t equals = line.find('=');
    return equals == line.npos || equals == prefix.size() ? std::string_view() : line.substr(0, equals);
  }
  if (!line.starts_with(commented)) return {};
  line = trim_end(line.substr(commented.size()));
  if (!line.starts_with(prefix) || !line.ends_with(not_set)) return {};
  line.remove_suffix(not_set.size());
  return line.size() == prefix.size() ? std::string_view() : line;
}

std::size_t bucket_of(std::string_view option) { return std::hash<std::string_view>()(option) % buckets; }

std::string_view line_at(std::string_view text, std::size_t start) {
  return text.substr(start, text.find('\n', start) - start);
}

/// What stands between the quotes of a string, the backslashes before '"' and '\' taken away (conf_write).
std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

ConfigFile failed(const std::string& path, std::string reason) {
  ConfigFile file;
  file.failures.push_back({path, std::move(reason)});
  return file;
}

}  // namespace

std::optional<KernelConfig> KernelConfig::parse(std::string text) {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  KernelConfig config(std::move(text));
  config.index();
  if (config.lines_.empty()) return std::nullopt;
  return config;
}

void KernelConfig::index() {
  const std::string_view text = text_;
  newest_.assign(buckets, none);
  lines_.reserve(text.size() / 24);
  for (std::size_t start = 0; start < text.size();) {
    const std::string_view line = line_at(text, start);
    if (const std::string_view option = option_of(line); !option.empty()) {
      std::uint32_t& newest = newest_[bucket_of(option)];
      lines_.push_back({static_cast<std::uint32_t>(start), newest});
      newest = static_cast<std::uint32_t>(lines_.size() - 1);
    }
    start += line.size() + 1;
  }
}

std::string_view KernelConfig::line(std::string_view option) const {
  if (!option.starts_with(prefix) || option.size() == prefix.size()) return {};
  // Newest first: of several lines about an option the last one counts, as it does for kconfig.
  for (std::uint32_t i = newest_[bucket_of(option)]; i != none; i = lines_[i].older) {
    const std::string_view found = line_at(text_, lines_[i].start);
    if (option_of(found) == option) return trim_end(found);
  }
  return {};
}

ConfigState KernelConfig::state(std::string_view option) const {
  const std::string_view found = line(option);
  if (found.empty()) return ConfigState::unmentioned;
  if (found.starts_with(commented)) return ConfigState::off;
  const std::string_view set = found.substr(option.size() + 1);
  if (set == "y") return ConfigState::built_in;
  if (set == "m") return ConfigState::module;
  if (set == "n") return ConfigState::off;
  return ConfigState::other;
}

std::optional<std::string> KernelConfig::value(std::string_view option) const {
  const ConfigState is = state(option);
  if (is == ConfigState::off || is == ConfigState::unmentioned) return std::nullopt;
  return unquoted(line(option).substr(option.size() + 1));
}

std::vector<std::string> config_locations(std::string_view release, bool running) {
  std::vector<std::string> locations;
  if (running) locations.emplace_back("/proc/config.gz");
  if (release.empty()) return locations;
  const std::string r(release);
  // Whatever its name ends in, a file's first bytes tell how it is packed.
  for (const std::string& kept :
       {"/boot/config-" + r, "/usr/lib/modules/" + r + "/config", "/lib/modules/" + r + "/config"}) {
    for (const char* packed : {"", ".gz", ".xz", ".zst"}) locations.push_back(kept + packed);
  }
  for (std::string& kept : std::vector<std::string>{
           "/lib/modules/" + r + "/build/.config", "/usr/src/linux-headers-" + r + "/.config",
           "/usr/src/linux-" + r + "/.config", "/usr/lib/ostree-boot/config-" + r,
           "/lib/kernel/config-" + r}) {
    locations.push_back(std::move(kept));
  }
  return locations;
}

ConfigFile find_kernel_config(const Host& host, std::string_view release, bool running) {
  ConfigFile found;
  for (const std::string& path : config_locations(release, running)) {
    posix::FileText bytes = host.read(path);
    if (bytes.error == ENOENT || bytes.error == ENOTDIR) continue;
    ConfigFile one =
        bytes.ok() ? read_kernel_config(std::move(bytes.text), path) : failed(path, bytes.failure);
    found.failures.insert(found.failures.end(), one.failures.begin(), one.failures.end());
    if (!one.config) continue;
    found.config = std::move(one.config);
    found.path = path;
    break;
  }
  return found;
}

ConfigFile read_kernel_config(std::string bytes, const std::string& path) {
  posix::FileText plain = decompress(std::move(bytes));
  if (!plain.ok()) return failed(path, plain.failure);
  if (plain.text.empty()) return failed(path, "is empty");
  ConfigFile file;
  file.config = KernelConfig::parse(std::move(plain.text));
  if (!file.config) return failed(path, "is no kernel configuration");
  file.path = path;
  return file;
}

}  // namespace kerneltour::host
