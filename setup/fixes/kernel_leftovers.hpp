#pragma once

#include <string>
#include <vector>

namespace kerneltour::fixes {

/// Paths of what dpkg (.dpkg-new, .dpkg-tmp) and update-initramfs(8) (.new, .dpkg-bak) leave of a kernel in /boot and
/// /lib/modules below `root` when they are killed, which no purge removes. Sorted.
std::vector<std::string> kernel_leftovers(const std::string& root, const std::string& release);

/// Removes them, and the folders of modules that are empty then. For a kernel whose packages are gone. Throws
/// std::filesystem::filesystem_error.
void remove_kernel_leftovers(const std::string& root, const std::string& release);

}  // namespace kerneltour::fixes
