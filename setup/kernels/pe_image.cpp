#include "kernels/pe_image.hpp"

#include <cstddef>
#include <cstdint>

namespace kerneltour::kernels {
namespace {

// Offsets in bytes; numbers are little-endian.
constexpr std::size_t pe_offset_at = 0x3c;
constexpr std::size_t optional_header = 24;  // behind "PE\0\0" and the COFF header
constexpr std::size_t directories_in_pe32 = 96;
constexpr std::size_t directories_in_pe32_plus = 112;
constexpr std::size_t certificate_directory = 4;
constexpr std::size_t directory_size = 8;
constexpr std::uint32_t pe32_plus = 0x20b;

/// 0 behind the end.
std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at > bytes.size() || bytes.size() - at < size) return 0;
  std::uint32_t number = 0;
  for (std::size_t i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

}  // namespace

bool is_signed_image(std::string_view beginning) {
  if (!beginning.starts_with("MZ")) return false;
  const std::size_t pe = number_at(beginning, pe_offset_at, 4);
  if (pe > beginning.size() || !beginning.substr(pe).starts_with(std::string_view("PE\0\0", 4))) return false;
  const auto header = pe + optional_header;
  const auto directories = header + (number_at(beginning, header, 2) == pe32_plus ? directories_in_pe32_plus
                                                                                  : directories_in_pe32);
  const auto count = number_at(beginning, directories - 4, 4);
  const auto entry = directories + certificate_directory * directory_size;
  return count > certificate_directory && number_at(beginning, entry, 4) != 0 &&
         number_at(beginning, entry + 4, 4) != 0;
}

}  // namespace kerneltour::kernels
