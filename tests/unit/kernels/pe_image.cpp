#include "kernels/pe_image.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace kerneltour::kernels {
namespace {

constexpr std::size_t pe_at = 0x80;

void put(std::string& bytes, std::size_t at, std::uint32_t number, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(number >> (8 * i) & 0xff);
}

/// The headers of an image, with so many data directories and a certificate table of that size.
std::string image(std::uint32_t magic, std::uint32_t directories, std::uint32_t certificates) {
  std::string bytes(512, '\0');
  bytes.replace(0, 2, "MZ");
  put(bytes, 0x3c, pe_at, 4);
  bytes.replace(pe_at, 4, std::string("PE\0\0", 4));
  const auto optional = pe_at + 24;
  put(bytes, optional, magic, 2);
  const auto table = optional + (magic == 0x20b ? 112U : 96U);
  put(bytes, table - 4, directories, 4);
  put(bytes, table + 4 * 8, certificates == 0 ? 0 : 4096, 4);
  put(bytes, table + 4 * 8 + 4, certificates, 4);
  return bytes;
}

TEST_CASE("an image with a certificate table is signed") {
  CHECK(is_signed_image(image(0x20b, 6, 2240)));
  CHECK(is_signed_image(image(0x10b, 6, 2240)));
}

TEST_CASE("an image without one is not") {
  CHECK_FALSE(is_signed_image(image(0x20b, 6, 0)));
  CHECK_FALSE(is_signed_image(image(0x20b, 4, 2240)));
}

TEST_CASE("what is no image, or ends early, is not signed") {
  const auto whole = image(0x20b, 6, 2240);
  for (std::size_t size = 0; size < pe_at + 24 + 112 + 4 * 8 + 7; ++size)
    CHECK_FALSE(is_signed_image(std::string_view(whole).substr(0, size)));
  CHECK_FALSE(is_signed_image(std::string(512, 'x')));
  auto far = whole;
  put(far, 0x3c, 0xffffffff, 4);
  CHECK_FALSE(is_signed_image(far));
}

}  // namespace
}  // namespace kerneltour::kernels
