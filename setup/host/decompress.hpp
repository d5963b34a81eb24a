#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "posix/file.hpp"

namespace kerneltour::host {

/// `bytes` unpacked, where their first bytes say gzip, xz or zstd; as they are, where they say none.
/// Fails with EBADMSG ("is truncated", "is damaged"), ENOMEM when it asks for more memory than `xz -9` and
/// `zstd -22` do, or EFBIG when more than `limit` bytes would come out: a small file may hold gigabytes of
/// zeros.
posix::FileText decompress(std::string bytes, std::size_t limit = posix::largest_text);

}  // namespace kerneltour::host
