#include "fixes/kernel_leftovers.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "support/tree.hpp"

namespace kerneltour::fixes {
namespace {

using tests::Tree;

TEST_CASE("what dpkg and update-initramfs left of a kernel goes, and nothing of another one") {
  Tree tree;
  tree.file("/boot/vmlinuz-6.1.0.dpkg-new", "").file("/boot/initrd.img-6.1.0.new", "");
  tree.file("/lib/modules/6.1.0/kernel/fs/ext4.ko.dpkg-new", "");
  const char* others[] = {"/boot/vmlinuz-6.1.0-2.dpkg-new", "/boot/initrd.img-16.1.0", "/boot/mine-6.1.0.new",
                          "/boot/config-6.1.0.new/mine", "/lib/modules/6.1.0-2/kernel/ext4.ko.dpkg-new"};
  for (const char* other : others) tree.file(other, "");
  const auto real = [&](const char* path) { return tree.real(path); };
  CHECK(kernel_leftovers(tree.root(), "6.1.0") ==
        std::vector<std::string>{real("/boot/initrd.img-6.1.0.new"), real("/boot/vmlinuz-6.1.0.dpkg-new"),
                                 real("/lib/modules/6.1.0/kernel/fs/ext4.ko.dpkg-new")});
  remove_kernel_leftovers(tree.root(), "6.1.0");
  CHECK(kernel_leftovers(tree.root(), "6.1.0").empty());
  CHECK_FALSE(std::filesystem::exists(real("/lib/modules/6.1.0")));
  CHECK(kernel_leftovers(tree.root(), "6.1.0-2").size() == 2);
  for (const char* other : others) CHECK(std::filesystem::exists(real(other)));
}

TEST_CASE("of a kernel whose image is there nothing goes") {
  Tree tree;
  tree.file("/boot/vmlinuz-6.1.0", "").file("/boot/initrd.img-6.1.0.new", "").directory("/lib/modules/6.1.0/empty");
  CHECK(kernel_leftovers(tree.root(), "6.1.0").empty());
  remove_kernel_leftovers(tree.root(), "6.1.0");
  CHECK(std::filesystem::exists(tree.real("/boot/initrd.img-6.1.0.new")));
  CHECK(std::filesystem::exists(tree.real("/lib/modules/6.1.0/empty")));
}

TEST_CASE("a link in place of the modules is not followed, and no release is no kernel") {
  Tree tree;
  tree.file("/elsewhere/a.ko.dpkg-new", "").link("/lib/modules/6.1.0", tree.real("/elsewhere"));
  for (const char* release : {"6.1.0", "", "../modules"}) {
    CHECK(kernel_leftovers(tree.root(), release).empty());
    remove_kernel_leftovers(tree.root(), release);
  }
  CHECK(std::filesystem::exists(tree.real("/elsewhere/a.ko.dpkg-new")));
}

TEST_CASE("modules that somebody else put there stay") {
  Tree tree;
  tree.file("/lib/modules/6.1.0/updates/mine.ko", "");
  remove_kernel_leftovers(tree.root(), "6.1.0");
  CHECK(std::filesystem::exists(tree.real("/lib/modules/6.1.0/updates/mine.ko")));
}

TEST_CASE("where there is no such kernel there is nothing to remove") {
  Tree tree;
  CHECK(kernel_leftovers(tree.root(), "6.1.0").empty());
  remove_kernel_leftovers(tree.root(), "6.1.0");
}

}  // namespace
}  // namespace kerneltour::fixes
