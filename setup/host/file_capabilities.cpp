#include "host/file_capabilities.hpp"

#include <linux/capability.h>

#include <cstddef>

namespace kerneltour::host {
namespace {

/// The `index`th 32-bit word; little endian on disk whatever the machine is.
std::uint32_t word_at(std::string_view bytes, std::size_t index) {
  std::uint32_t word = 0;
  for (std::size_t i = 4; i-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[4 * index + i]);
  return word;
}

/// Bytes of an attribute of that revision; 0 for one that is not known.
std::size_t size_of(std::uint32_t revision) {
  switch (revision) {
    case VFS_CAP_REVISION_1:
      return XATTR_CAPS_SZ_1;
    case VFS_CAP_REVISION_2:
      return XATTR_CAPS_SZ_2;
    case VFS_CAP_REVISION_3:
      return XATTR_CAPS_SZ_3;
    default:
      return 0;
  }
}

}  // namespace

std::optional<FileCapabilities> parse_file_capabilities(std::string_view attribute) {
  if (attribute.size() < sizeof(std::uint32_t)) return std::nullopt;
  const std::uint32_t revision = word_at(attribute, 0) & VFS_CAP_REVISION_MASK;
  if (attribute.size() != size_of(revision)) return std::nullopt;
  // After the first word come pairs: 32 permitted and 32 inheritable capabilities each.
  FileCapabilities capabilities;
  capabilities.permitted = word_at(attribute, 1);
  if (revision != VFS_CAP_REVISION_1) capabilities.permitted |= std::uint64_t{word_at(attribute, 3)} << 32;
  if (revision == VFS_CAP_REVISION_3) capabilities.root = word_at(attribute, 5);
  return capabilities;
}

}  // namespace kerneltour::host
