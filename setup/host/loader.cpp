#include "host/loader.hpp"

#include "host/efi_variable.hpp"
#include "host/grub_menu.hpp"
#include "host/host.hpp"
#include "host/programs.hpp"

namespace kerneltour::host {
namespace {

constexpr std::string_view loader_info = "LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

/// The ASCII in UTF-16LE, which is all that loaders write there.
std::string from_utf16(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (bytes[i] == '\0' && bytes[i + 1] == '\0') break;
    text += bytes[i + 1] == '\0' ? bytes[i] : '?';
  }
  return text;
}

bool has_grub(const Host& host) {
  return find_program(host, "update-grub") && find_program(host, "grub-reboot") &&
         host.exists(grub_menu_path);
}

}  // namespace

Loader read_loader(const Host& host) {
  const auto told = from_utf16(efi_variable(host, loader_info).value_or(""));
  if (told.starts_with("systemd-boot")) return {Loader::Kind::systemd_boot, told};
  if (has_grub(host)) return {Loader::Kind::grub, grub_menu_path};
  for (const char* path :
       {"/boot/efi/loader/loader.conf", "/efi/loader/loader.conf", "/boot/loader/loader.conf"}) {
    if (host.exists(path)) return {Loader::Kind::systemd_boot, path};
  }
  return {Loader::Kind::none, told};
}

}  // namespace kerneltour::host
