#include "host/boot_setup.hpp"

#include <sys/utsname.h>

#include "posix/text.hpp"

namespace kerneltour::host {
namespace {

void read_grub(Reader& reader, BootSetup& setup) {
  const auto menu = reader.read(About::boot_parameters, grub_menu_path);
  setup.menu = parse_grub_menu(menu.text);
  setup.menu_failure = menu.failure;
  // grub-editenv(1) makes the file where there is none.
  const auto block = reader.text(About::boot_parameters, grub_environment_path);
  setup.environment = parse_grub_environment(block).value_or(GrubEnvironment{});
  setup.storage = read_grub_storage(reader.host());
}

void read_running(Reader& reader, BootSetup& setup) {
  utsname name;
  if (uname(&name) == 0) setup.running = name.release;
  setup.boot_id = posix::trim(reader.host().read("/proc/sys/kernel/random/boot_id").text);
  setup.command_line = posix::trim(reader.text(About::boot_parameters, "/proc/cmdline"));
}

std::vector<std::string> installed_releases(Reader& reader) {
  std::vector<std::string> releases;
  for (const std::string_view name : reader.list(About::boot_parameters, "/boot")) {
    for (const std::string_view prefix : {"vmlinuz-", "vmlinux-"})
      if (name.starts_with(prefix)) releases.emplace_back(name.substr(prefix.size()));
  }
  return releases;
}

}  // namespace

BootSetup read_boot_setup(Reader& reader) {
  BootSetup setup;
  setup.loader = read_loader(reader.host());
  setup.secure_boot = read_secure_boot(reader.host());
  setup.installed = installed_releases(reader);
  if (setup.loader.kind == Loader::Kind::grub) read_grub(reader, setup);
  if (reader.host().live()) read_running(reader, setup);
  return setup;
}

}  // namespace kerneltour::host
