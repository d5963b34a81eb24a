#include "fixes/drop_ins.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "support/tree.hpp"

namespace kerneltour::fixes {
namespace {

std::string menu(const std::string& command_line) {
  return fmt::format("menuentry 'Debian' {{\n\tlinux /boot/vmlinuz-6.1.0-56-amd64 {}\n}}\n", command_line);
}

std::string problem(const std::string& command_line, const std::string& word) {
  return boot_parameter_problem(menu(command_line), word);
}

TEST_CASE("the last word about a parameter counts in GRUB's menu") {
  CHECK(problem("root=UUID=1 ro psi=1", "psi=1").empty());
  CHECK(problem("root=UUID=1 psi=0 quiet psi=1", "psi=1").empty());
  CHECK(problem("root=UUID=1 psi=1 psi=0", "psi=1").find("'psi=0'") != std::string::npos);
  CHECK(problem("root=UUID=1 ro", "psi=1").find("nothing about psi") != std::string::npos);
  CHECK(problem("systemd.unified-cgroup-hierarchy=1", "systemd.unified_cgroup_hierarchy=1")
            .find("has the last word") != std::string::npos);
  CHECK_FALSE(boot_parameter_problem("set timeout=5\n", "psi=1").empty());
}

TEST_CASE("a word that has to go is gone, also from a list") {
  CHECK(problem("root=UUID=1 ro", "-cgroup_disable=pressure").empty());
  CHECK(problem("cgroup_disable=memory", "-cgroup_disable=pressure").empty());
  CHECK_FALSE(problem("cgroup_disable=memory,pressure", "-cgroup_disable=pressure").empty());
  CHECK_FALSE(problem("cgroup_disable=pressure cgroup_disable=memory", "-cgroup_disable=pressure").empty());
}

TEST_CASE("a setting's file says what it was before") {
  const auto change =
      set_sysctl("kernel.pid_max", "/nowhere/zz-kerneltour-kernel-pid-max.conf", {"kernel.pid_max = 99999"});
  const auto& text = change.edits.at(0).after.text;
  const auto before = parse_sysctl_before(text);
  CHECK(before.name == "kernel.pid_max");
  CHECK_FALSE(before.value.empty());
  CHECK(before.value != "99999");
  CHECK(text.ends_with("\nkernel.pid_max = 99999\n"));
  CHECK(change.kind == "sysctl");
}

TEST_CASE("a setting that the kernel has not is refused, and a file of somebody else's") {
  CHECK_THROWS_WITH_AS(set_sysctl("kernel.no_such_thing", "/nowhere/x.conf", {"kernel.no_such_thing = 1"}),
                       doctest::Contains("/proc/sys/kernel/no_such_thing"), std::runtime_error);
  CHECK_THROWS_AS(parse_sysctl_before("kernel.pid_max = 1\n"), std::runtime_error);
  CHECK_THROWS_AS(parse_sysctl_before(""), std::runtime_error);
}

TEST_CASE("a boot parameter's file has the word that it is for, and what GRUB reads") {
  const auto change =
      set_boot_parameter("psi=1", "/nowhere/zz-kerneltour-psi.cfg", {"GRUB_CMDLINE_LINUX_DEFAULT=x"});
  CHECK(change.summary == "psi=1 is on the kernel's command line");
  CHECK(change.edits.at(0).after.text == "# kerneltour: psi=1\nGRUB_CMDLINE_LINUX_DEFAULT=x\n");
  CHECK(set_boot_parameter("-cgroup_disable=pressure", "/nowhere/x.cfg", {"x"}).summary ==
        "cgroup_disable=pressure is off the kernel's command line");
}

TEST_CASE(
    "a boot parameter waits for the reboot where its file or GRUB's menu is younger than the host's start") {
  const std::vector<std::string> lines = {"GRUB_CMDLINE_LINUX_DEFAULT=x"};
  tests::Tree tree;
  const auto file = tree.real("/psi.cfg");
  const auto grub = tree.real("/grub.cfg");
  const auto make = [&](const std::string& command_line) {
    tree.file("/psi.cfg", "# kerneltour: psi=1\nGRUB_CMDLINE_LINUX_DEFAULT=x\n")
        .file("/grub.cfg", menu(command_line));
  };
  const auto age = [](const std::string& path) {
    std::filesystem::last_write_time(path,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::years(40));
  };
  const auto waits = [&] { return is_set_for_next_boot("psi=1", file, lines, grub.c_str()); };

  make("root=UUID=1 psi=1");
  CHECK(waits());
  age(grub);
  CHECK(waits());

  SUBCASE("the menu was made after the host's start, as where the power was cut before it was made") {
    make("root=UUID=1 psi=1");
    age(file);
    CHECK(waits());
  }
  SUBCASE("both are older: the host was started with them, and yet it is not in force") {
    age(file);
    CHECK_FALSE(waits());
  }
  SUBCASE("the menu has another word") {
    make("root=UUID=1 psi=0");
    CHECK_FALSE(waits());
  }
  SUBCASE("the file has other lines") {
    CHECK_FALSE(is_set_for_next_boot("psi=1", file, {"GRUB_CMDLINE_LINUX_DEFAULT=y"}, grub.c_str()));
  }
}

}  // namespace
}  // namespace kerneltour::fixes
