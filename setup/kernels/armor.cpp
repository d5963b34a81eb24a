#include "kernels/armor.hpp"

#include <cstdint>
#include <stdexcept>

#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

constexpr std::string_view first_line = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
constexpr std::string_view last_line = "-----END PGP PUBLIC KEY BLOCK-----";

[[noreturn]] void fail(const char* how) { throw std::runtime_error(how); }

bool is_binary(std::string_view bytes) {
  constexpr std::string_view keybox = "KBXf";  // GnuPG, kbx/keybox-blob.c
  constexpr unsigned char packet = 0x80;       // RFC 4880, 4.2
  if (bytes.empty()) return false;
  return (static_cast<unsigned char>(bytes.front()) & packet) != 0 || bytes.substr(0, 12).ends_with(keybox);
}

std::uint32_t digit_of(char c) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto at = digits.find(c);
  if (at == digits.npos) fail("has a damaged key: it is not base64");
  return static_cast<std::uint32_t>(at);
}

/// Base64 (RFC 4648, 4), without white space.
std::string from_base64(std::string_view text) {
  if (text.size() % 4 != 0) fail("has a damaged key: a part of it is missing");
  std::string bytes;
  for (; !text.empty(); text.remove_prefix(4)) {
    std::size_t padding = 0;
    while (text.size() == 4 && padding < 2 && text[3 - padding] == '=') ++padding;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) group = group << 6 | (i < 4 - padding ? digit_of(text[i]) : 0);
    for (std::size_t i = 0; i < 3 - padding; ++i) bytes += static_cast<char>(group >> (16 - 8 * i) & 0xff);
  }
  return bytes;
}

/// RFC 4880, 6.1.
std::uint32_t crc24(std::string_view bytes) {
  std::uint32_t crc = 0xb704ce;
  for (const char byte : bytes) {
    crc ^= static_cast<std::uint32_t>(static_cast<unsigned char>(byte)) << 16;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x800000) != 0 ? 0x1864cfb : 0);
  }
  return crc & 0xffffff;
}

void check_sum(std::string_view bytes, std::string_view sum) {
  const auto said = sum.size() == 4 ? from_base64(sum) : std::string();
  std::uint32_t number = 0;
  for (const char byte : said) number = number << 8 | static_cast<unsigned char>(byte);
  if (said.size() != 3 || number != crc24(bytes)) fail("has a damaged key: its checksum is wrong");
}

/// The block that `rest` is behind its first line, taken away from it with its last line. Since RFC 9580 it
/// need not have a checksum.
std::string take_block(std::string_view& rest) {
  const auto header = [&] { return !posix::trim(posix::take_line(rest)).empty(); };
  while (!rest.empty() && header()) continue;  // "Version: ...", up to an empty line
  std::string base64, sum;
  while (!rest.empty()) {
    const auto line = posix::trim(posix::take_line(rest));
    if (line == last_line) {
      auto bytes = from_base64(base64);
      if (!is_binary(bytes)) fail("has a damaged key: there is none in it");
      if (!sum.empty()) check_sum(bytes, sum);
      return bytes;
    }
    if (!sum.empty()) fail("has a damaged key: more follows on its checksum");
    if (line.starts_with('=')) {
      sum = line.substr(1);
      if (sum.empty()) fail("has a damaged key: its checksum is wrong");
    } else {
      base64 += line;
    }
  }
  fail("has a damaged key: its end is missing");
}

}  // namespace

std::string binary_keyring(std::string_view bytes) {
  if (is_binary(bytes)) return std::string(bytes);
  std::string keys;
  while (!bytes.empty()) {
    if (posix::trim(posix::take_line(bytes)) == first_line) keys += take_block(bytes);
  }
  if (keys.empty()) fail("has no public key in it");
  return keys;
}

}  // namespace kerneltour::kernels
