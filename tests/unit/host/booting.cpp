#include <doctest/doctest.h>

#include "host/boot_setup.hpp"
#include "host/boot_traces.hpp"
#include "host/dkms.hpp"
#include "support/grub_menus.hpp"
#include "support/tree.hpp"

using namespace kerneltour::host;
using namespace std::string_literals;
using kerneltour::tests::Tree;
using Writable = GrubStorage::Writable;

namespace {

const std::string efivars = "/sys/firmware/efi/efivars/";
const std::string secure_boot = efivars + "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
const std::string shim = efivars + "MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23";
const std::string loader_info = efivars + "LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
const std::string attributes = "\x06\0\0\0"s;

SecureBoot secure_boot_of(const Tree& tree) { return read_secure_boot(Host::at(tree.root())); }
Loader loader_of(const Tree& tree) { return read_loader(Host::at(tree.root())); }

void make_program(Tree& tree, const std::string& path) {
  tree.file(path, "#!/bin/sh\n");
  std::filesystem::permissions(tree.real(path), std::filesystem::perms(0755));
}

void make_grub(Tree& tree) {
  make_program(tree, "/usr/sbin/update-grub");
  make_program(tree, "/usr/sbin/grub-reboot");
  tree.file("/boot/grub/grub.cfg", kerneltour::tests::debian12_menu);
}

}  // namespace

TEST_CASE("Secure Boot is what the firmware says, and shim's exception from it") {
  Tree tree;
  CHECK(secure_boot_of(tree) == SecureBoot::not_applicable);
  tree.directory(efivars);
  CHECK(secure_boot_of(tree) == SecureBoot::unknown);
  tree.file(secure_boot, attributes);
  CHECK(secure_boot_of(tree) == SecureBoot::unknown);
  tree.file(secure_boot, attributes + "\0"s);
  CHECK(secure_boot_of(tree) == SecureBoot::off);
  tree.file(secure_boot, attributes + "\1"s);
  CHECK(secure_boot_of(tree) == SecureBoot::on);
  tree.file(shim, attributes + "\0"s);
  CHECK(secure_boot_of(tree) == SecureBoot::on);
  tree.file(shim, attributes + "\1"s);
  CHECK(secure_boot_of(tree) == SecureBoot::not_validated);
}

TEST_CASE("the loader is GRUB where its menu and its programs are") {
  Tree tree;
  CHECK(loader_of(tree).kind == Loader::Kind::none);
  tree.file("/boot/grub/grub.cfg", "");
  CHECK(loader_of(tree).kind == Loader::Kind::none);
  make_grub(tree);
  CHECK(loader_of(tree).kind == Loader::Kind::grub);
}

TEST_CASE("the loader that started the machine says so, whatever else is installed") {
  Tree tree;
  make_grub(tree);
  tree.file("/boot/efi/loader/loader.conf", "");
  CHECK(loader_of(tree).kind == Loader::Kind::grub);
  tree.file(loader_info, attributes + "G\0R\0U\0B\0 \0\062\0\0\0"s);
  CHECK(loader_of(tree).kind == Loader::Kind::grub);
  tree.file(loader_info, attributes + "s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0 \0\062\0\065\0\062\0\0\0"s);
  CHECK(loader_of(tree).kind == Loader::Kind::systemd_boot);
  CHECK(loader_of(tree).evidence == "systemd-boot 252");
}

TEST_CASE("without GRUB, systemd-boot's files say that it is there") {
  Tree tree;
  tree.file("/boot/efi/loader/loader.conf", "");
  CHECK(loader_of(tree).kind == Loader::Kind::systemd_boot);
}

TEST_CASE("GRUB writes to plain partitions, and to no volume, RAID or snapshotting file system") {
  CHECK(judge_grub_storage("", "ext2\n") == GrubStorage{Writable::yes, ""});
  CHECK(judge_grub_storage("cryptodisk luks\n", "xfs\n").writable == Writable::yes);
  CHECK(judge_grub_storage("lvm\n", "ext2\n") ==
        GrubStorage{Writable::no, "/boot/grub is on lvm, to which GRUB cannot write"});
  CHECK(judge_grub_storage("diskfilter mdraid1x\n", "ext2\n").writable == Writable::no);
  CHECK(judge_grub_storage("mdraid09\n", "ext2\n").writable == Writable::no);
  for (const char* name : {"btrfs", "zfs", "squash4"})
    CHECK(judge_grub_storage("", name).writable == Writable::no);
  CHECK(judge_grub_storage("", "").writable == Writable::unknown);
}

TEST_CASE("modules of dkms are told with the kernels that they are built for") {
  Tree tree;
  tree.directory("/var/lib/dkms/zfs/2.1.11/source")
      .directory("/var/lib/dkms/zfs/2.1.11/6.1.0-56-amd64/x86_64/module")
      .directory("/var/lib/dkms/zfs/2.1.11/6.1.0-57-amd64/x86_64/log")
      .directory("/var/lib/dkms/zfs/2.1.11/build")
      .link("/var/lib/dkms/zfs/kernel-6.1.0-56-amd64-x86_64", "2.1.11/6.1.0-56-amd64/x86_64")
      .directory("/usr/src/nvidia-535.1")
      .directory("/var/lib/dkms/nvidia/535.1")
      .link("/var/lib/dkms/nvidia/535.1/source", "/usr/src/nvidia-535.1")
      .file("/var/lib/dkms/dkms_dbversion", "1.0.0\n");
  const auto modules = read_dkms(Host::at(tree.root()));
  REQUIRE(modules.size() == 2);
  CHECK(modules[0].name == "nvidia");
  CHECK(modules[0].built_for.empty());
  CHECK(modules[1].version == "2.1.11");
  CHECK(modules[1].is_built_for("6.1.0-56-amd64"));
  CHECK_FALSE(modules[1].is_built_for("6.1.0-57-amd64"));
}

TEST_CASE("a panic is told of the kernel that it names, and of no other") {
  const auto dump =
      "<4>[    1.1] CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.0-56-amd64 #1  Debian 6.1.1-1\n"
      "<0>[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n"
      "<0>[    1.3] ---[ end Kernel panic - not syncing: VFS: Unable to mount ]---\n";
  CHECK(panic_in(dump, "6.1.0-56-amd64").starts_with("VFS: Unable to mount"));
  CHECK(panic_in(dump, "6.1.0-5") == "");
  CHECK(panic_in("Linux version 6.1.0-56-amd64 (x)\n", "6.1.0-56-amd64") == "");

  Tree tree;
  tree.file("/var/lib/systemd/pstore/1764000000/001/dmesg.txt", "")
      .file("/sys/fs/pstore/console-ramoops-0", "x");
  CHECK(traces_of(Host::at(tree.root()), "6.1.0-56-amd64").empty());
  tree.file("/var/lib/systemd/pstore/1764000000/dmesg.txt", dump);
  const auto traces = traces_of(Host::at(tree.root()), "6.1.0-56-amd64");
  REQUIRE(traces.size() == 1);
  CHECK(traces[0].find("(/var/lib/systemd/pstore/1764000000/dmesg.txt)") != std::string::npos);
}

TEST_CASE("how a host boots that is not running is read from its files") {
  Tree tree;
  make_grub(tree);
  tree.file("/boot/grub/grubenv", "# GRUB Environment Block\nnext_entry=a\n###")
      .file("/boot/vmlinuz-6.1.2-3", "");
  const auto host = Host::at(tree.root());
  Reader reader(host);
  const auto setup = read_boot_setup(reader);
  CHECK(setup.loader.kind == Loader::Kind::grub);
  CHECK(setup.menu.entries.size() == 2);
  CHECK(setup.environment == GrubEnvironment{{"next_entry", "a"}});
  CHECK(setup.installed == std::vector<std::string>{"6.1.2-3"});
  CHECK(setup.running == "");
  CHECK(setup.storage.writable == Writable::unknown);
}
