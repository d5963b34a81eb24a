#pragma once

#include <string>

namespace kerneltour::lesson {

/// Puts this chapter's source and text into the directory, with a CMakeLists.txt that builds it against the
/// installed headers and library. The directory is made; one that has any of the files is refused. Throws
/// posix::SystemError or std::runtime_error, with nothing written.
void copy_chapter(const std::string& directory);

}  // namespace kerneltour::lesson
