#include <doctest/doctest.h>

#include "features/kernel_package.hpp"
#include "unit/features/situation.hpp"

using namespace kerneltour;
using namespace kerneltour::test;
using probes::Id;

namespace {

std::string package_of(const host::Facts& facts, host::KernelVersion at_least) {
  const auto package = features::kernel_package(facts, at_least);
  return package ? package->name : "";
}

}  // namespace

TEST_CASE("a kernel before 4.20 is fixable, one from 4.20 on is ready, one that is not known is unknown") {
  auto facts = debian_12();
  CHECK(gist(judge(features::kernel, facts)) == "ready");
  set_release(facts, "4.19.0-27-amd64");
  CHECK(gist(judge(features::kernel, facts)) == "fixable kernel-version");
  facts.release.reset();
  CHECK(gist(judge(features::kernel, facts)) == "unknown kernel-version");
}

TEST_CASE("the kernel is not this host's to choose in a container, on WSL, elsewhere than on Debian") {
  auto facts = debian_12();
  set_release(facts, "4.15.0-213-generic");
  auto container = facts;
  container.confinement.container = "docker";
  CHECK(gist(judge(features::kernel, container)) == "impossible kernel-version");
  auto wsl = facts;
  wsl.confinement.wsl = true;
  CHECK(gist(judge(features::kernel, wsl)) == "impossible kernel-version");
  auto fedora = facts;
  fedora.os = {"fedora", "41", "Fedora Linux 41", "", {}};
  CHECK(gist(judge(features::kernel, fedora)) == "impossible kernel-version");
  auto vax = facts;
  vax.architecture = "vax";
  CHECK(gist(judge(features::kernel, vax)) == "impossible kernel-version");
}

TEST_CASE("the kernel package fits distribution, release, architecture and flavour") {
  auto facts = debian_12();
  CHECK(package_of(facts, {4, 20, 0}) == "linux-image-amd64");
  set_release(facts, "6.1.0-56-cloud-amd64");
  CHECK(package_of(facts, {4, 20, 0}) == "linux-image-cloud-amd64");
  set_release(facts, "6.18.44");
  facts.architecture = "aarch64";
  CHECK(package_of(facts, {4, 20, 0}) == "linux-image-arm64");

  facts.os = {"ubuntu", "18.04", "Ubuntu 18.04.6 LTS", "bionic", {"debian"}};
  set_release(facts, "4.15.0-213-generic");
  CHECK(package_of(facts, {4, 20, 0}) == "linux-generic-hwe-18.04");
  set_release(facts, "4.15.0-1158-aws");
  CHECK(package_of(facts, {4, 20, 0}) == "linux-aws");
  facts.os.version = "25.10";
  set_release(facts, "6.17.0-5-generic");
  CHECK(package_of(facts, {4, 20, 0}) == "linux-generic");
}

TEST_CASE("a kernel package is offered only where it is new enough for what is needed") {
  auto facts = debian_12();
  facts.os.version = "11";
  CHECK(package_of(facts, {4, 20, 0}) == "linux-image-amd64");
  CHECK(package_of(facts, {5, 12, 0}) == "linux-image-6.1-amd64");
  facts.os.version = "10";
  CHECK(package_of(facts, {4, 20, 0}) == "linux-image-5.10-amd64");
  CHECK_FALSE(features::kernel_package(facts, {5, 12, 0}));
  set_release(facts, "4.19.0-27-amd64");
  CHECK(gist(judge(features::idmapped_mounts, facts)) == "impossible kernel-version");
  facts.os = {"debian", "", "Debian GNU/Linux forky/sid", "forky", {}};
  CHECK(package_of(facts, {6, 90, 0}) == "linux-image-amd64");
}

TEST_CASE("a feature of sockets is what the kernel answered, and its version where it was not asked") {
  auto facts = debian_12();
  probes::Answers answers;
  CHECK(gist(judge(features::so_reuseport, facts, answers)) == "ready");
  answers[Id::so_reuseport] = worked();
  CHECK(gist(judge(features::so_reuseport, facts, answers)) == "ready");
  answers[Id::so_reuseport] = refused("setsockopt(SO_REUSEPORT)", ENOPROTOOPT);
  CHECK(gist(judge(features::so_reuseport, facts, answers)) == "unknown");
  set_release(facts, "3.8.0");
  CHECK(gist(judge(features::so_reuseport, facts, answers)) == "fixable kernel-version");
}

TEST_CASE("migration that is missing for want of a namespace is told from a kernel that is too old") {
  auto facts = debian_12();
  facts.sysctls["user.max_user_namespaces"].value = "0";
  probes::Answers answers;
  answers[Id::reuseport_migration] = refused("unshare(CLONE_NEWUSER)", ENOSPC);
  answers[Id::user_namespace] = refused("unshare(CLONE_NEWUSER)", ENOSPC);
  CHECK(gist(judge(features::reuseport_migration, facts, answers)) == "fixable sysctl");
  set_release(facts, "5.10.0-30-amd64");
  CHECK(gist(judge(features::reuseport_migration, facts, answers)) == "fixable kernel-version");
}

TEST_CASE("ID-mapped mounts: tried by root, told from the call by others, from the version offline") {
  auto facts = debian_12();
  probes::Answers answers;
  CHECK(gist(judge(features::idmapped_mounts, facts, answers)) == "ready");
  answers[Id::idmapped_mount_call] = worked();
  CHECK(says(judge(features::idmapped_mounts, facts, answers), "only root can try"));
  answers[Id::idmapped_mount] = refused("mount_setattr(MOUNT_ATTR_IDMAP)", EINVAL);
  CHECK(gist(judge(features::idmapped_mounts, facts, answers)) == "impossible kernel-version");
  set_sysctl(facts, "user.max_user_namespaces", "0");
  answers[Id::idmapped_mount] = refused("clone(CLONE_NEWUSER)", ENOSPC);
  CHECK(gist(judge(features::idmapped_mounts, facts, answers)) == "fixable sysctl");
  answers[Id::idmapped_mount] = worked();
  CHECK(says(judge(features::idmapped_mounts, facts, answers), "root can mount / with other IDs"));
  answers[Id::idmapped_mount_call] = refused("mount_setattr(2)", ENOSYS);
  set_release(facts, "5.10.0-30-amd64");
  CHECK(gist(judge(features::idmapped_mounts, facts, answers)) == "fixable kernel-version");
}

TEST_CASE("a question about ID-mapped mounts without an answer is unknown, in a container too") {
  auto facts = debian_12();
  facts.confinement.container = "docker";
  probes::Answers answers;
  answers[Id::idmapped_mount_call] = {probes::Outcome::Result::died, "", 0};
  CHECK(judge(features::idmapped_mounts, facts, answers).status == features::Status::unknown);
}

TEST_CASE("programs that are not installed come with their package") {
  const auto facts = debian_12();
  CHECK(commands_of(judge(features::lxc, facts)) == "apt-get install lxc\n");
  CHECK(commands_of(judge(features::load_generator, facts)) == "apt-get install apache2-utils\n");
  CHECK(commands_of(judge(features::ruby, facts)) == "apt-get install ruby\n");
  auto with_ruby = facts;
  with_ruby.programs["ruby"] = {"/usr/bin/ruby", {0100755, 0, 0, 0, std::nullopt}};
  CHECK(gist(judge(features::ruby, with_ruby)) == "ready");
}

TEST_CASE("derivatives take the packages of their base, and Debian 13 has none for 32-bit PCs") {
  auto facts = debian_12();
  set_release(facts, "6.18.44");
  facts.os = {"linuxmint", "21.3", "Linux Mint 21.3", "virginia", {"ubuntu"}, "jammy"};
  CHECK(package_of(facts, {4, 20, 0}) == "linux-generic-hwe-22.04");
  CHECK(gist(judge(features::ruby, facts)) == "fixable package");
  facts = debian_12();
  facts.architecture = "i686";
  set_release(facts, "6.18.44");
  CHECK(package_of(facts, {4, 20, 0}) == "linux-image-686");
  facts.os.version = "13";
  CHECK(package_of(facts, {4, 20, 0}).empty());
}

TEST_CASE("a distribution that cannot be read is not taken for another one") {
  auto facts = debian_12();
  facts.os = {};
  CHECK(gist(judge(features::ruby, facts)) == "impossible package");
  facts.unreadable = {{host::About::distribution, "/etc/os-release", "Permission denied"}};
  CHECK(gist(judge(features::ruby, facts)) == "unknown");
}

TEST_CASE("a mount refused to root of another user namespace says nothing of the file system") {
  auto facts = debian_12();
  facts.user_namespace = {false, host::parse_id_map("0 1000 1"), host::parse_id_map("0 1000 1"), 0};
  probes::Answers answers;
  answers[Id::idmapped_mount_call] = worked();
  answers[Id::idmapped_mount] = refused("open_tree(/, OPEN_TREE_CLONE)", EINVAL);
  CHECK(gist(judge(features::idmapped_mounts, facts, answers)) == "unknown privilege");
  facts.confinement.container = "container";
  CHECK(gist(judge(features::idmapped_mounts, facts, answers)) == "impossible container");
}
