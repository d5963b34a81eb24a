#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

class Host;

/// What a kernel's configuration says of one option.
enum class ConfigState {
  built_in,    ///< CONFIG_X=y
  module,      ///< CONFIG_X=m
  off,         ///< "# CONFIG_X is not set", or CONFIG_X=n
  other,       ///< a number or a string: ask value()
  unmentioned  ///< no line about it: unknown to this version, removed from it, or hidden by what it depends
               ///< on
};

/// The text of a kernel's .config (Documentation/kbuild/kconfig.rst), asked line by line.
class KernelConfig {
 public:
  /// nullopt where the text has no line of a kernel configuration.
  static std::optional<KernelConfig> parse(std::string text);

  /// `option` with its prefix: "CONFIG_PSI". Of several lines about it the last one counts.
  ConfigState state(std::string_view option) const;
  /// What stands behind '=', quotes of a string taken away; nullopt where it is off or unmentioned.
  std::optional<std::string> value(std::string_view option) const;

 private:
  explicit KernelConfig(std::string text) : text_(std::move(text)) {}
  /// The last line about the option, without its newline; empty where there is none.
  std::string_view line(std::string_view option) const;
  void index();

  /// A line about an option, chained to the one before it whose option falls into the same bucket.
  struct Line {
    std::uint32_t start;  ///< in text_
    std::uint32_t older;  ///< in lines_, or `none`
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  std::string text_;
  std::vector<Line> lines_;
  std::vector<std::uint32_t> newest_;  ///< by bucket, in lines_: dozens of questions cost no dozens of scans
};

/// A place where a kernel's configuration was looked for, and why it gave none.
struct ConfigFailure {
  std::string path;
  std::string reason;  ///< "is truncated", "is no kernel configuration", "Permission denied"
};

/// The configuration of one kernel and where it came from.
struct ConfigFile {
  std::optional<KernelConfig> config;
  std::string path;                     ///< where `config` was found; empty where it was not
  std::vector<ConfigFailure> failures;  ///< files that exist and could not be used, in order
};

/// Every place where systems keep the configuration of the kernel `release`, best first.
std::vector<std::string> config_locations(std::string_view release, bool running);

/// Looks in each of config_locations(); the first that can be used is taken. /proc/config.gz is that of
/// the running kernel and counts only for it.
ConfigFile find_kernel_config(const Host& host, std::string_view release, bool running);

/// A configuration from one named file's bytes, plain or compressed.
ConfigFile read_kernel_config(std::string bytes, const std::string& path);

}  // namespace kerneltour::host
