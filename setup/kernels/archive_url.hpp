#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::kernels {

/// The URL of an archive with a '/' at its end: https: or http: with a host, or file: with an absolute path.
/// A name and a password before the host are allowed, as APT has them. nullopt where it is anything else:
/// blanks, quotes, control characters, a query, a fragment, ".." in its path.
std::optional<std::string> parse_archive_url(std::string_view text);

/// How the directory in a cache is named for the archive of that URL: letters, digits and "-._=", without
/// name and password. Two archives have two names.
std::string cache_name_of(std::string_view url);

}  // namespace kerneltour::kernels
