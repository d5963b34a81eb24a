#pragma once

#include <string>
#include <string_view>

namespace kerneltour::kernels {

/// What is wrong with a detached signature, judged by what gpgv(1) wrote to its --status-fd and by nothing
/// else (GnuPG, doc/DETAILS); empty where it is good: made by the key with that fingerprint, or by a subkey
/// of it, neither of them expired or revoked, over this very file, with a digest that cannot be forged.
///
/// `fingerprint` has 40 hexadecimal digits in upper case. The answer is a sentence's end: "the file is not
/// the one that was signed".
std::string signature_problem(std::string_view status, std::string_view fingerprint);

/// Verifies the detached `signature` of `file` (paths) by the key of that fingerprint, which is in the file
/// `keyring`: binary, with an absolute path. Throws std::runtime_error, which says what is wrong.
void verify_signature(const std::string& signature, const std::string& file, const std::string& keyring,
                      std::string_view fingerprint);

}  // namespace kerneltour::kernels
