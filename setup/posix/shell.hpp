#pragma once

#include <string>
#include <string_view>

namespace kerneltour::posix {

/// `text` as one word of sh(1), which takes nothing in it for its own: in single quotes, where it needs any.
std::string shell_quoted(std::string_view text);

}  // namespace kerneltour::posix
