#include "fixes/grub_update.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <stdexcept>

#include "host/host.hpp"
#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/program.hpp"

namespace kerneltour::fixes {
namespace {

constexpr const char* dpkg_lock = "/var/lib/dpkg/lock-frontend";
constexpr const char* update_grub = "/usr/sbin/update-grub";

}  // namespace

posix::FileLock lock_grub(const posix::FileLock::Waiting& waiting, const std::string& root) {
  return {root + dpkg_lock, std::nullopt, waiting};
}

bool has_update_grub() { return access(update_grub, F_OK) == 0; }

void have_boot_on_disk() {
  const posix::Fd directory(open("/boot/grub", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || syncfs(directory.get()) != 0) throw posix::SystemError("cannot write /boot/grub", errno);
}

void have_updated_grub() {
  posix::have_run({update_grub});
  have_boot_on_disk();
}

std::string grub_menu_text() {
  auto text = host::Host::running().read(host::grub_menu_path);
  if (!text.ok())
    throw std::runtime_error(fmt::format("cannot read {}: {}", host::grub_menu_path, text.failure));
  return std::move(text.text);
}

}  // namespace kerneltour::fixes
