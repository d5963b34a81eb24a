#pragma once

#include <optional>
#include <string>

namespace kerneltour::lesson {

/// Where this process is root by sudo(8), becomes the user who called it, for good, with that user's groups;
/// returns the name. nullopt where there is nothing to give up: no root, or root who is at home. Throws
/// posix::SystemError where root cannot be given up.
std::optional<std::string> become_invoking_user();

}  // namespace kerneltour::lesson
