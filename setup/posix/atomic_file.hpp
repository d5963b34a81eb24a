#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace kerneltour::posix {

/// Replaces the file `path` by one with this text, or leaves it as it was: written beside it, fsync(2),
/// rename(2), and the directory's fsync(2). Throws SystemError; nothing of ours is left then.
void replace_file(const std::string& path, std::string_view text, mode_t mode);

/// Makes the directory and those above it that are missing, each with `mode`. Throws SystemError.
void make_directories(const std::string& path, mode_t mode);

}  // namespace kerneltour::posix
