#pragma once

#include <string>

#include "host/grub_menu.hpp"
#include "posix/file_lock.hpp"

// What GRUB's files need once they are written. Kernels' packages do the same: under dpkg's lock nobody else does.
namespace kerneltour::fixes {

/// dpkg's lock. Who has it already, by way of libapt-pkg, must not ask for it again: fcntl(2) gives up both.
posix::FileLock lock_grub(const posix::FileLock::Waiting& waiting, const std::string& root);

/// GRUB and its programs are there.
bool has_update_grub();

/// update-grub(8), with what it writes on the disk: a machine that loses power now shall boot as said. Throws.
void have_updated_grub();

/// What GRUB's programs have written is on the disk when this returns. Throws posix::SystemError.
void have_boot_on_disk();

/// The text of the menu, as it is now. Throws std::runtime_error.
std::string grub_menu_text();

}  // namespace kerneltour::fixes
