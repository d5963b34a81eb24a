#pragma once

#include <string_view>

#include "host/boot_setup.hpp"
#include "support/grub_menus.hpp"

// Hosts that boot by GRUB.
namespace kerneltour::test {

inline constexpr const char* running = "6.1.0-56-cloud-amd64";
inline constexpr const char* running_path =
    "gnulinux-advanced-35f59d9e>gnulinux-6.1.0-56-cloud-amd64-advanced-35f59d9e";

inline host::BootSetup setup_with(std::string_view menu) {
  host::BootSetup setup;
  setup.loader = {host::Loader::Kind::grub, host::grub_menu_path};
  setup.menu = host::parse_grub_menu(menu);
  setup.storage = {host::GrubStorage::Writable::yes, {}};
  setup.running = running;
  setup.boot_id = "boot-1";
  setup.installed = {running};
  return setup;
}

inline host::BootSetup debian12() { return setup_with(tests::debian12_menu); }

}  // namespace kerneltour::test
