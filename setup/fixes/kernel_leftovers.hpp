#pragma once

#include <string>
#include <vector>

namespace kerneltour::fixes {

/// Files that dpkg (.dpkg-new, .dpkg-tmp) and update-initramfs(8) (.new, .dpkg-bak) leave of a kernel in /boot and
/// /lib/modules below `root` when they are killed, which no purge removes. Sorted. None of a kernel whose image is
/// there.
std::vector<std::string> kernel_leftovers(const std::string& root, const std::string& release);

/// Removes them, as far as that is possible, and the folders of modules that are empty then.
void remove_kernel_leftovers(const std::string& root, const std::string& release);

}  // namespace kerneltour::fixes
