#include <stdexcept>

#include "fuzz/target.hpp"
#include "kernels/archive_url.hpp"
#include "kernels/settings.hpp"
#include "support/tree.hpp"

namespace kerneltour::fuzz {
namespace {

void looks_right(const kernels::Settings& settings) {
  must(kernels::parse_archive_url(settings.archive) == settings.archive, "an archive is a URL");
  must(settings.archive.find_first_of(" \t\n\"'`\\?#") == std::string::npos,
       "a URL has nothing to be quoted");
  must(settings.fingerprint.size() == 40 &&
           settings.fingerprint.find_first_not_of("0123456789ABCDEF") == std::string::npos,
       "a fingerprint is 40 digits");
  must(!settings.keyring || settings.keyring->starts_with('/'), "a keyring is an absolute path");
  const auto name = kernels::cache_name_of(settings.archive);
  must(name.find('/') == std::string::npos && !name.starts_with('.'),
       "a cache's name is the name of a directory");
}

}  // namespace

/// The text is kerneltour.conf.
void target(std::string_view text) {
  static tests::Tree tree;
  tree.file("/conf", text);
  const auto path = tree.real("/conf");
  try {
    const auto settings = kernels::read_settings(path, {});
    looks_right(settings);
    const auto again =
        kernels::read_settings(path, {settings.archive, settings.keyring, settings.fingerprint});
    must(again.archive == settings.archive && again.keyring == settings.keyring &&
             again.fingerprint == settings.fingerprint,
         "settings that were read are given again as themselves");
  } catch (const std::runtime_error& error) {
    must(std::string_view(error.what()).starts_with(path), "what is refused names the file");
  }
}

}  // namespace kerneltour::fuzz
