#include "host/sysctl.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "host/boot_parameters.hpp"
#include "host/reader.hpp"
#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

using Lines = std::map<std::string, std::string, std::less<>>;

// What features ask for, by name.
constexpr auto wanted = std::to_array<std::string_view>({
    "kernel.apparmor_restrict_unprivileged_userns",
    "kernel.unprivileged_userns_clone",
    "net.ipv4.tcp_migrate_req",
    "user.max_mnt_namespaces",
    "user.max_net_namespaces",
    "user.max_user_namespaces",
    "user.max_uts_namespaces",
});

// Earlier ones hide files of the same name in later ones. /lib is a place of its own before merged-/usr.
constexpr auto directories = std::to_array<std::string_view>({
    "/etc/sysctl.d",
    "/run/sysctl.d",
    "/usr/local/lib/sysctl.d",
    "/usr/lib/sysctl.d",
    "/lib/sysctl.d",
});

/// With '.' as its separator: where '/' comes first it is the separator, and '.' belongs to a part
/// (net/ipv4/conf/eth0.1/forwarding, sysctl.d(5)).
std::string dotted(std::string_view name) {
  std::string result(name);
  const std::size_t first = result.find_first_of("./");
  if (first == result.npos || result[first] == '.') return result;
  for (char& c : result) {
    if (c == '/') {
      c = '.';
    } else if (c == '.') {
      c = '/';
    }
  }
  return result;
}

/// NAME and VALUE of a line; nullopt for one that sets nothing, or not one thing.
std::optional<std::pair<std::string, std::string>> parse_line(std::string_view line) {
  line = posix::trim(line);
  if (line.empty() || line.front() == '#' || line.front() == ';') return std::nullopt;
  const std::size_t equals = line.find('=');
  if (equals == line.npos) return std::nullopt;
  std::string_view name = posix::trim(line.substr(0, equals));
  if (name.starts_with('-')) name = posix::trim(name.substr(1));
  if (name.empty() || name.find_first_of("*?[") != name.npos) return std::nullopt;
  return std::pair(dotted(name), std::string(posix::trim(line.substr(equals + 1))));
}

std::string path_of(std::string_view name) {
  std::string path = "/proc/sys/";
  for (const char c : name) path += c == '.' ? '/' : c;
  return path;
}

/// Configuration files in the order in which they count: by name, whatever directory they are in.
std::vector<std::string> configuration_files(Reader& reader, bool systemd) {
  std::map<std::string, std::string> path_by_name;
  for (const std::string_view directory : directories) {
    for (const std::string& name : reader.list(About::settings, std::string(directory))) {
      if (name.ends_with(".conf"))
        path_by_name.try_emplace(name, std::string(directory).append("/").append(name));
    }
  }
  std::vector<std::string> paths;
  paths.reserve(path_by_name.size() + 1);
  for (auto& [name, path] : path_by_name) paths.push_back(std::move(path));
  if (!systemd) paths.emplace_back("/etc/sysctl.conf");
  return paths;
}

/// A link to /dev/null masks files of its name, and a directory is passed over (sysctl.d(5)).
bool says_nothing(const posix::FileText& file) { return file.error == ENXIO || file.error == EISDIR; }

/// "user.max_user_namespaces" of "sysctl.user.max_user_namespaces"; empty for another parameter.
std::string setting_name(std::string_view parameter) {
  constexpr std::string_view prefix = "sysctl";
  if (!parameter.starts_with(prefix)) return {};
  parameter.remove_prefix(prefix.size());
  if (!parameter.starts_with('.') && !parameter.starts_with('/')) return {};
  std::string name(parameter.substr(1));
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

}  // namespace

Sysctls read_current_sysctls(Reader& reader) {
  Sysctls settings;
  for (const std::string_view name : wanted) {
    std::string path = path_of(name);
    const posix::FileText file = reader.read(About::settings, path);
    if (file.ok()) settings[std::string(name)] = {std::string(posix::trim(file.text)), std::move(path)};
  }
  return settings;
}

Sysctls read_configured_sysctls(Reader& reader, bool systemd, Sysctls before) {
  Sysctls settings = std::move(before);
  for (const std::string& path : configuration_files(reader, systemd)) {
    const posix::FileText file = reader.host().read(path);
    if (!file.ok()) {
      if (!says_nothing(file)) reader.note(About::settings, path, file.error, file.failure);
      continue;
    }
    Lines lines = parse_sysctl_conf(file.text);
    for (const std::string_view name : wanted) {
      const auto line = lines.find(name);
      if (line != lines.end()) settings[std::string(name)] = {std::move(line->second), path};
    }
  }
  return settings;
}

Sysctls boot_parameter_sysctls(const BootParameters& parameters, const std::string& source) {
  Sysctls settings;
  for (const auto& [parameter, value] : parameters.all()) {
    const auto name = setting_name(parameter);
    if (value && std::find(wanted.begin(), wanted.end(), name) != wanted.end())
      settings[name] = {*value, source};
  }
  return settings;
}

Lines parse_sysctl_conf(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    if (auto line = parse_line(posix::take_line(text)))
      lines.insert_or_assign(std::move(line->first), std::move(line->second));
  }
  return lines;
}

}  // namespace kerneltour::host
