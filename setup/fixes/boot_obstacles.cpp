#include "fixes/boot_obstacles.hpp"

#include <fmt/format.h>

#include <optional>

namespace kerneltour::fixes {
namespace {

using host::Loader;
using host::SecureBoot;
using Writable = host::GrubStorage::Writable;

std::optional<BootObstacle> foreign_kernel(const host::Confinement& confinement) {
  if (confinement.wsl)
    return BootObstacle{"wsl", "this is WSL: its kernel comes from Windows", "type wsl --update in Windows"};
  if (confinement.container.empty()) return std::nullopt;
  const auto& engine = confinement.container;
  return BootObstacle{"container",
                      fmt::format("this is a container{}: its kernel is its host's",
                                  engine == "container" ? std::string() : fmt::format(" of {}", engine)),
                      "run kerneltour on the host, or in a virtual machine"};
}

std::optional<BootObstacle> secure_boot(const host::BootSetup& setup, bool is_signed) {
  if (is_signed) return std::nullopt;
  const auto instead =
      "take a kernel of the distribution, which is signed, or sign this one with a key that mokutil(1) "
      "enrolled";
  if (setup.secure_boot == SecureBoot::on)
    return BootObstacle{"secure-boot", "Secure Boot is on, and does not start a kernel that is not signed",
                        instead};
  if (setup.secure_boot == SecureBoot::unknown)
    return BootObstacle{"secure-boot",
                        "this kernel is not signed, and the firmware does not say whether Secure Boot is on",
                        instead};
  return std::nullopt;
}

/// What keeps a default without GRUB is the loader's own: nothing is to be done for a kernel that is not
/// booted.
std::optional<BootObstacle> boot_loader(const host::BootSetup& setup, const BootRequest& request) {
  if (setup.loader.kind == Loader::Kind::grub) return std::nullopt;
  const auto without = "say --boot no, and after the installation ";
  if (request.choice == BootChoice::no) return std::nullopt;
  if (setup.loader.kind == Loader::Kind::systemd_boot)
    return BootObstacle{"boot-loader",
                        fmt::format("systemd-boot starts this host ({}), and kerneltour knows GRUB alone",
                                    setup.loader.evidence),
                        fmt::format("{}type: bootctl list; bootctl {} ENTRY", without,
                                    request.choice == BootChoice::once ? "set-oneshot" : "set-default")};
  return BootObstacle{"boot-loader",
                      "there is no GRUB here that update-grub and grub-reboot could tell what to start",
                      fmt::format("{}choose it in the boot loader's own menu", without)};
}

std::optional<BootObstacle> grub_storage(const host::BootSetup& setup, const BootRequest& request) {
  if (setup.loader.kind != Loader::Kind::grub || request.choice != BootChoice::once) return std::nullopt;
  if (setup.storage.writable == Writable::yes) return std::nullopt;
  const auto why = setup.storage.writable == Writable::no
                       ? fmt::format("{}: what is booted once would be booted for ever", setup.storage.reason)
                       : fmt::format("whether GRUB can take back what is booted once cannot be told: {}",
                                     setup.storage.reason);
  return BootObstacle{
      "grub-storage", why,
      fmt::format("say --boot no, and choose Linux {} in GRUB's menu at the next start", request.release)};
}

}  // namespace

std::vector<BootObstacle> boot_obstacles(const host::BootSetup& setup, const host::Confinement& confinement,
                                         const BootRequest& request, bool is_signed) {
  if (auto obstacle = foreign_kernel(confinement)) return {*std::move(obstacle)};
  std::vector<BootObstacle> obstacles;
  for (auto& obstacle :
       {secure_boot(setup, is_signed), boot_loader(setup, request), grub_storage(setup, request)}) {
    if (obstacle) obstacles.push_back(*obstacle);
  }
  return obstacles;
}

}  // namespace kerneltour::fixes
