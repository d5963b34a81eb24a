#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace kerneltour::apt {

/// What is in a package's file (deb(5)), read without unpacking it to the disk.
struct DebFields {
  std::string package;
  std::string version;
  std::string architecture;
};

/// The text of its control file. Throws Error where it is no package.
std::string deb_control(const std::string& path);

/// Name, version and architecture in such a text. Throws Error where one is missing.
DebFields parse_deb_control(const std::string& control);

/// How many bytes of a file in a package are wanted; 0: none. `path` is absolute:
/// "/boot/config-6.12.9-amd64".
using BytesWanted = std::function<std::size_t(std::string_view path)>;

/// The beginnings of the regular files that are wanted, by their path. The package is read no further than
/// until `files` of them are there. Throws Error.
std::map<std::string, std::string> deb_files(const std::string& path, std::size_t files,
                                             const BytesWanted& wanted);

/// SHA-256 of a file, in hexadecimal. Throws Error.
std::string sha256_of(const std::string& path);

}  // namespace kerneltour::apt
