#include "host/file_capabilities.hpp"

#include <linux/capability.h>

#include <string>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

std::string word(std::uint64_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

/// Revision 3 can say all that the others can: vfs_ns_cap_data with nothing inheritable.
std::string print(const host::FileCapabilities& capabilities) {
  return word(VFS_CAP_REVISION_3) + word(capabilities.permitted) + word(0) +
         word(capabilities.permitted >> 32) + word(0) + word(capabilities.root);
}

}  // namespace

void target(std::string_view text) {
  const auto capabilities = host::parse_file_capabilities(text);
  if (!capabilities) return;
  const auto again = host::parse_file_capabilities(print(*capabilities));
  must(again && again->permitted == capabilities->permitted && again->root == capabilities->root,
       "capabilities printed read as themselves");
}

}  // namespace kerneltour::fuzz
