#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace kerneltour::kernels {

/// SHA-256 by file name, 64 hexadecimal digits in lower case.
using Checksums = std::map<std::string, std::string, std::less<>>;

/// The SHA-256 of a file of the mainline archive, of the text of CHECKSUMS: after the line
/// "# Checksums-Sha256:", up to the line that begins another block, lines of a sum, blanks and a name.
///
/// Throws std::runtime_error, its text beginning with "CHECKSUMS", where there is no such block (SHA-1 proves
/// nothing today), where a line of it is none, where a name is not a plain file name, and where two lines
/// contradict each other.
Checksums parse_checksums(std::string_view text);

/// Whether it is nothing but the name of a file in a directory: letters, digits and "+-._~" (what Debian's
/// package names and versions have), and neither hidden nor an option.
bool is_plain_file_name(std::string_view name);

/// Whether it is a SHA-256 in hexadecimal.
bool is_sha256(std::string_view text);

}  // namespace kerneltour::kernels
