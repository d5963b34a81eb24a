#pragma once

#include <string>

#include "apt/download.hpp"
#include "kernels/settings.hpp"

namespace kerneltour::kernels {

/// The path of a keyring that gpgv(1) reads: a file in the directory `cache`, which is made where it is
/// missing. With `settings.keyring` it is that file, without its armor; else what a key server has under the
/// fingerprint, fetched once over HTTPS and kept. Nothing vouches for the keys in it: a signature has to be
/// by the key with the fingerprint of the settings.
///
/// Throws std::runtime_error where there is no such file, or none with keys in it, and what `fetch` throws.
std::string archive_keyring(const Settings& settings, const std::string& cache, const apt::Fetch& fetch);

/// Has the next archive_keyring() ask the key server again: a key that had expired may have been prolonged.
void forget_keyring(const Settings& settings, const std::string& cache);

}  // namespace kerneltour::kernels
