#include "kernels/armor.hpp"

#include <stdexcept>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

/// Armor as gpg makes it, without a checksum, which need not be there.
std::string armored(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n";
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    const auto byte = [&](std::size_t i) {
      return i < bytes.size() ? static_cast<unsigned>(static_cast<unsigned char>(bytes[i])) : 0;
    };
    const auto group = byte(0) << 16 | byte(1) << 8 | byte(2);
    text += digits[group >> 18];
    text += digits[group >> 12 & 63];
    text += bytes.size() > 1 ? digits[group >> 6 & 63] : '=';
    text += bytes.size() > 2 ? digits[group & 63] : '=';
    text += '\n';
  }
  return text + "-----END PGP PUBLIC KEY BLOCK-----\n";
}

}  // namespace

void target(std::string_view text) try {
  const auto keys = kernels::binary_keyring(text);
  must(!keys.empty(), "what is not refused has a key");
  must(kernels::binary_keyring(keys) == keys, "a binary keyring is taken as it is");
  const bool packets = (static_cast<unsigned char>(keys.front()) & 0x80) != 0;
  if (packets && keys.size() > 1)
    must(kernels::binary_keyring(armored(keys)) == keys, "armor changes nothing");
} catch (const std::runtime_error& error) {
  must(std::string_view(error.what()).starts_with("has "), "what is refused is refused in a sentence");
}

}  // namespace kerneltour::fuzz
