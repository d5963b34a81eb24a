#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::kernels {

/// Where these settings stand on a host.
inline constexpr const char* settings_path = "/etc/kerneltour/kerneltour.conf";

/// What is set, on the command line or in the file; nullopt is what is not.
struct GivenSettings {
  std::optional<std::string> archive = std::nullopt;
  std::optional<std::string> keyring = std::nullopt;
  std::optional<std::string> fingerprint = std::nullopt;
};

/// Which archive of mainline kernels, and who has to have signed what is there.
struct Settings {
  std::string archive = "https://kernel.ubuntu.com/mainline/";  ///< ends in '/'; https:, http: or file:
  std::optional<std::string> keyring = std::nullopt;            ///< a file; else a key server has the key
  /// The Kernel PPA's key, as https://wiki.ubuntu.com/Kernel/MainlineBuilds has it. 40 digits, upper case.
  std::string fingerprint = "60AA7B6F30434AE68E569963E50C6A0917C622B0";
};

/// The text of a settings file: lines "archive = URL", "keyring = FILE", "fingerprint = 40 DIGITS", with
/// comments behind '#'. Throws std::runtime_error for keys that are not known; it names `path`.
GivenSettings parse_settings(std::string_view text, std::string_view path);

/// The defaults, over them the file `path` where there is one, and over that what was given on the command
/// line. Throws std::runtime_error, which names the file or the option, for a value that is no URL, absolute
/// path or fingerprint.
Settings read_settings(const std::string& path, const GivenSettings& given);

}  // namespace kerneltour::kernels
