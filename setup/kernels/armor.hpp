#pragma once

#include <string>
#include <string_view>

namespace kerneltour::kernels {

/// A keyring as gpgv(1) reads it, of the bytes of a file that has one: binary is taken as it is (packets of
/// RFC 4880, or GnuPG's keybox), ASCII armor (RFC 4880, 6.2) is resolved, also several blocks of it with text
/// between them. Says nothing about whose keys they are.
///
/// Throws std::runtime_error with a sentence's end where it is neither, or where an armor is damaged: "has a
/// damaged key: its checksum is wrong".
std::string binary_keyring(std::string_view bytes);

}  // namespace kerneltour::kernels
