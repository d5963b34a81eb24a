#include "host/grub_menu.hpp"

#include <doctest/doctest.h>

#include "support/grub_menus.hpp"

using namespace kerneltour::host;
using kerneltour::tests::debian12_menu;
using kerneltour::tests::replaced;
using kerneltour::tests::ubuntu2404_menu;

namespace {

const std::string advanced = "gnulinux-advanced-35f59d9e>gnulinux-6.1.0-56-cloud-amd64-advanced-35f59d9e";

std::string default_path(std::string_view text, std::string_view saved = "") {
  const auto menu = parse_grub_menu(text);
  const auto place = default_entry(menu, saved);
  return place ? place->path : "none";
}

std::string path_of(const GrubMenu& menu, std::string_view path) {
  const auto place = find_entry(menu, path);
  return place ? place->path : "none";
}

}  // namespace

TEST_CASE("Debian's menu has its entries, submenus, IDs and releases") {
  const auto menu = parse_grub_menu(debian12_menu);
  CHECK(menu.default_entry == "0");
  REQUIRE(menu.entries.size() == 2);
  CHECK(menu.entries[0].title == "Debian GNU/Linux");
  CHECK(menu.entries[0].id == "gnulinux-simple-35f59d9e");
  CHECK(menu.entries[0].release == "6.1.0-56-cloud-amd64");
  CHECK(menu.entries[0].options.size() == 8);
  CHECK(menu.entries[0].body.find("search --no-floppy --fs-uuid --set=root 35f59d9e") != std::string::npos);
  CHECK(menu.entries[1].submenu);
  REQUIRE(menu.entries[1].entries.size() == 2);
  CHECK(menu.entries[1].entries[1].id == "gnulinux-6.1.0-56-cloud-amd64-recovery-35f59d9e");
}

TEST_CASE("an entry below a condition is one, as GRUB counts it where the condition holds") {
  const auto menu = parse_grub_menu(ubuntu2404_menu);
  REQUIRE(menu.entries.size() == 3);
  CHECK(menu.entries[2].id == "uefi-firmware");
  CHECK(menu.entries[2].release == "");
}

TEST_CASE("a kernel's own entry is the one with its version, and neither the first one nor recovery") {
  const auto menu = parse_grub_menu(debian12_menu);
  const auto place = entry_of_release(menu, "6.1.0-56-cloud-amd64");
  REQUIRE(place);
  CHECK(place->path == advanced);
  CHECK(place->entry->release == "6.1.0-56-cloud-amd64");
  CHECK_FALSE(entry_of_release(menu, "6.1.0-5"));
  CHECK_FALSE(entry_of_release(menu, ""));
}

TEST_CASE("without submenus (GRUB_DISABLE_SUBMENU) the entry has no other in its path") {
  const auto menu = parse_grub_menu(
      "menuentry 'A, with Linux 6.1' --class a $menuentry_id_option 'gnulinux-6.1-advanced-u' {\n"
      "linux /vmlinuz-6.1 ro\n}\n");
  CHECK(entry_of_release(menu, "6.1")->path == "gnulinux-6.1-advanced-u");
}

TEST_CASE("the first entry is nobody's own, nor is recovery: with the next kernel it is that one's") {
  const auto menu = parse_grub_menu(
      "menuentry 'A' --id 'gnulinux-simple-u' {\nlinux /vmlinuz-6.1 ro\n}\n"
      "menuentry 'A (recovery)' --id 'gnulinux-6.1-recovery-u' {\nlinux /vmlinuz-6.1 single\n}\n");
  CHECK_FALSE(entry_of_release(menu, "6.1"));
  const auto own = parse_grub_menu("menuentry 'mine' {\nlinux /vmlinuz-6.1 ro\n}\n");
  CHECK(entry_of_release(own, "6.1")->path == "mine");
}

TEST_CASE("an entry is found by numbers, IDs and titles, in each level of the path") {
  const auto menu = parse_grub_menu(debian12_menu);
  CHECK(path_of(menu, "0") == "gnulinux-simple-35f59d9e");
  CHECK(path_of(menu, "1>0") == advanced);
  CHECK(path_of(menu, advanced) == advanced);
  CHECK(path_of(menu, "Advanced options for Debian GNU/Linux>0") == advanced);
  CHECK(path_of(menu, "1>Debian GNU/Linux, with Linux 6.1.0-56-cloud-amd64") == advanced);
  for (const char* path : {"", "1", "1>", "2", "0>0", "1>7", "nothing", ">", "99999999999999999999"})
    CHECK(path_of(menu, path) == "none");
}

TEST_CASE("a '>' in a title is doubled in a path") {
  const auto menu = parse_grub_menu("menuentry 'a > b' { linux /vmlinuz-1.2\n}\n");
  CHECK(path_of(menu, "0") == "a >> b");
  CHECK(path_of(menu, "a >> b") == "a >> b");
}

TEST_CASE("the default is GRUB_DEFAULT's, or the saved one, and else the first") {
  const std::string_view saved_default = R"(   set default="${saved_entry}")";
  const auto saved = replaced(debian12_menu, R"(   set default="0")", saved_default);
  CHECK(default_path(debian12_menu) == "gnulinux-simple-35f59d9e");
  CHECK(default_path(debian12_menu, "1>0") == "gnulinux-simple-35f59d9e");
  CHECK(parse_grub_menu(saved).default_entry == "");
  CHECK(default_path(saved, "1>0") == advanced);
  CHECK(default_path(saved, "gone") == "gnulinux-simple-35f59d9e");
  CHECK(default_path(saved) == "gnulinux-simple-35f59d9e");
  CHECK(default_path("") == "none");
}

TEST_CASE("a menu may be anything") {
  CHECK(parse_grub_menu("}}}}").entries.empty());
  CHECK(parse_grub_menu("menuentry 'never closed' {").entries.empty());
  CHECK(parse_grub_menu("menuentry {}").entries.size() == 1);
  CHECK(parse_grub_menu("menuentry a {\nmenuentry b {\n}\n}").entries.size() == 1);
  CHECK(parse_grub_menu("function f {\nmenuentry a {\n}\n}").entries.empty());
  CHECK(parse_grub_menu(std::string(4'000'000, '{')).entries.empty());
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "submenu a {\n";
  CHECK(parse_grub_menu(deep + std::string(100'000, '}')).entries.size() == 1);
}
