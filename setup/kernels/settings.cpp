#include "kernels/settings.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <boost/program_options.hpp>

#include "kernels/archive_url.hpp"
#include "posix/file.hpp"
#include "posix/option_error.hpp"
#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

namespace po = boost::program_options;

/// One setting: its name in the file, "--" and the name as an option.
struct Setting {
  const char* name;
  std::optional<std::string> GivenSettings::*value;
};

constexpr Setting known_settings[] = {
    {"archive", &GivenSettings::archive},
    {"keyring", &GivenSettings::keyring},
    {"fingerprint", &GivenSettings::fingerprint},
};

/// 40 digits in upper case, of a text that may have blanks between them, as gpg prints it.
std::optional<std::string> parse_fingerprint(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (c == ' ') continue;
    if (!letter && (c < '0' || c > '9')) return std::nullopt;
    digits += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return digits.size() == 40 ? std::optional(digits) : std::nullopt;
}

bool is_path(std::string_view text) {
  return text.starts_with('/') &&
         std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

/// What is set from one place over `settings`; `place` is how that place names its values: "FILE: archive".
template <typename Place>
void set(Settings& settings, const GivenSettings& given, const Place& place) {
  if (given.archive) {
    const auto url = parse_archive_url(*given.archive);
    if (!url)
      throw std::runtime_error(fmt::format(
          "{} is not a URL of an archive: https:, http: or file:, and a path without blanks or quotes",
          place("archive")));
    settings.archive = *url;
  }
  if (given.keyring) {
    if (!is_path(*given.keyring))
      throw std::runtime_error(fmt::format("{} is not the absolute path of a file", place("keyring")));
    settings.keyring = given.keyring;
  }
  if (given.fingerprint) {
    const auto fingerprint = parse_fingerprint(*given.fingerprint);
    if (!fingerprint)
      throw std::runtime_error(
          fmt::format("{} is not the fingerprint of a key: 40 hexadecimal digits", place("fingerprint")));
    settings.fingerprint = *fingerprint;
  }
}

}  // namespace

GivenSettings parse_settings(std::string_view text, std::string_view path) {
  po::options_description known;
  for (const auto& setting : known_settings) known.add_options()(setting.name, po::value<std::string>());
  po::variables_map values;
  try {
    std::istringstream in{std::string(text)};
    po::store(po::parse_config_file(in, known), values);
  } catch (po::error& error) {
    throw std::runtime_error(fmt::format("{}: {}", path, posix::message_of(error)));
  }
  GivenSettings given;
  for (const auto& setting : known_settings) {
    if (values.count(setting.name) != 0) given.*setting.value = values[setting.name].as<std::string>();
  }
  return given;
}

Settings read_settings(const std::string& path, const GivenSettings& given) {
  const auto file = posix::read_file(AT_FDCWD, path.c_str());
  if (!file.ok() && file.error != ENOENT && file.error != ENOTDIR)
    throw std::runtime_error(fmt::format("cannot read {}: {}", path, file.failure));
  Settings settings;
  if (file.ok())
    set(settings, parse_settings(file.text, path),
        [&](auto name) { return fmt::format("{}: {}", path, name); });
  set(settings, given, [](auto name) { return fmt::format("--{}", name); });
  return settings;
}

}  // namespace kerneltour::kernels
