#include "fixes/boot_obstacles.hpp"

#include <doctest/doctest.h>

#include "unit/fixes/boot_setups.hpp"

using namespace kerneltour;
using namespace kerneltour::fixes;
using Ids = std::vector<std::string>;

namespace {

Ids ids(const host::BootSetup& setup, BootChoice choice = BootChoice::once, bool is_signed = true,
        const host::Confinement& confinement = {}) {
  Ids found;
  for (const auto& obstacle : boot_obstacles(setup, confinement, {"6.12.9", choice}, is_signed)) {
    CHECK_FALSE(obstacle.reason.empty());
    CHECK_FALSE(obstacle.instead.empty());
    found.push_back(obstacle.id);
  }
  return found;
}

}  // namespace

TEST_CASE("nothing stands against a signed kernel where GRUB can take back its choice") {
  CHECK(ids(test::debian12()).empty());
  CHECK(ids(test::debian12(), BootChoice::once, false).empty());
}

TEST_CASE("Secure Boot stands against a kernel without a signature, also where nobody can tell") {
  auto setup = test::debian12();
  for (const auto state : {host::SecureBoot::on, host::SecureBoot::unknown}) {
    setup.secure_boot = state;
    CHECK(ids(setup, BootChoice::no, false) == Ids{"secure-boot"});
    CHECK(ids(setup).empty());
  }
  for (const auto state : {host::SecureBoot::off, host::SecureBoot::not_validated}) {
    setup.secure_boot = state;
    CHECK(ids(setup, BootChoice::once, false).empty());
  }
}

TEST_CASE("a container's kernel is its host's, and WSL's is Windows's: nothing else counts there") {
  host::Confinement confinement;
  confinement.container = "docker";
  CHECK(ids({}, BootChoice::no, false, confinement) == Ids{"container"});
  confinement = {};
  confinement.wsl = true;
  CHECK(ids({}, BootChoice::once, true, confinement) == Ids{"wsl"});
}

TEST_CASE("without GRUB a kernel is installed, and booted by hand") {
  auto setup = test::debian12();
  for (const auto kind : {host::Loader::Kind::systemd_boot, host::Loader::Kind::none}) {
    setup.loader = {kind, "systemd-boot 252"};
    setup.storage = {};
    CHECK(ids(setup) == Ids{"boot-loader"});
    CHECK(ids(setup, BootChoice::as_default) == Ids{"boot-loader"});
    CHECK(ids(setup, BootChoice::no).empty());
  }
}

TEST_CASE("once would be for ever where GRUB cannot write, or nobody can tell") {
  auto setup = test::debian12();
  for (const auto writable : {host::GrubStorage::Writable::no, host::GrubStorage::Writable::unknown}) {
    setup.storage = {writable, "it is so"};
    CHECK(ids(setup) == Ids{"grub-storage"});
    CHECK(ids(setup, BootChoice::as_default).empty());
    CHECK(ids(setup, BootChoice::no).empty());
  }
}
