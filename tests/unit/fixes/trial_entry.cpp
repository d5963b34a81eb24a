#include "fixes/trial_entry.hpp"

#include <doctest/doctest.h>

#include "unit/fixes/boot_setups.hpp"

using namespace kerneltour;
using namespace kerneltour::fixes;

namespace {

/// The trial's entry, made from that of the release in the menu.
std::string entry_from(std::string_view text, std::string_view release) {
  const auto menu = host::parse_grub_menu(text);
  return trial_entry(*entry_of_release(menu, release).value().entry, "6.12.9", {"psi=1", "panic=30"})
      .value_or("");
}

std::optional<std::string> entry_from_body(const std::string& body) {
  host::GrubMenuEntry running;
  running.release = "6.1";
  running.body = body;
  return trial_entry(running, "6.12.9", {"panic=30"});
}

}  // namespace

TEST_CASE("the entry does what Debian's does, with another kernel, and falls back to the running one") {
  CHECK(
      entry_from(tests::debian12_menu, test::running) ==
      R"(menuentry 'Linux 6.12.9, on trial' --class debian --class gnu-linux --class gnu --class os $menuentry_id_option 'kerneltour-trial' {
	load_video
	insmod gzio
	if [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi
	insmod part_msdos
	insmod ext2
	search --no-floppy --fs-uuid --set=root 35f59d9e
	echo 'Loading Linux 6.12.9, on trial ...'
	set kerneltour_loaded=no
	if linux	/boot/vmlinuz-6.12.9 root=UUID=35f59d9e ro console=ttyS0 panic=5 psi=1 panic=30; then
		if initrd	/boot/initrd.img-6.12.9; then
			set kerneltour_loaded=yes
		fi
	fi
	if [ $kerneltour_loaded = no ]; then
		echo 'It cannot be loaded. Loading Linux 6.1.0-56-cloud-amd64 ...'
		linux	/boot/vmlinuz-6.1.0-56-cloud-amd64 root=UUID=35f59d9e ro console=ttyS0 panic=5 kerneltour.trial=not-loaded
		initrd	/boot/initrd.img-6.1.0-56-cloud-amd64
	fi
}
)");
}

TEST_CASE("of Ubuntu's entry the search for the files stays whole, and nothing is remembered of the start") {
  const auto entry = entry_from(tests::ubuntu2404_menu, "6.8.0-88-generic");
  CHECK(entry.find("\tif [ x$feature_platform_search_hint = xy ]; then\n"
                   "\tsearch --no-floppy --fs-uuid --set=root --hint-bios=hd0,gpt2") != std::string::npos);
  CHECK(entry.find("\telse\n\tsearch --no-floppy --fs-uuid --set=root f1b9767f\n\tfi\n") !=
        std::string::npos);
  CHECK(entry.find("recordfail") == std::string::npos);
  CHECK(entry.find("if linux   /vmlinuz-6.12.9 root=/dev/mapper/ubuntu--otus-ubuntu--lv ro  quiet splash "
                   "$vt_handoff psi=1 panic=30; then") != std::string::npos);
  CHECK(entry.find("\t\tif initrd  /initrd.img-6.12.9; then") != std::string::npos);
}

TEST_CASE("of an entry that tries its kernel without an initial RAM disk first, the one with it is taken") {
  const auto entry = entry_from_body(
      "insmod ext2\n"
      "if [ \"${initrdfail}\" = 1 ]; then\n"
      "  linux /boot/vmlinuz-6.1 root=LABEL=a\n  initrd /boot/initrd.img-6.1\n"
      "else\n  linux /boot/vmlinuz-6.1 root=PARTUUID=b panic=-1\nfi\ninitrdfail\n");
  REQUIRE(entry);
  CHECK(entry->find("$menuentry_id_option 'kerneltour-trial' {\n\tinsmod ext2\n\techo ") !=
        std::string::npos);
  CHECK(entry->find("initrdfail") == std::string::npos);
  CHECK(entry->find("if linux /boot/vmlinuz-6.12.9 root=LABEL=a panic=30; then") != std::string::npos);
}

TEST_CASE("a kernel without an initial RAM disk is loaded without one") {
  const auto entry = entry_from_body("linux /vmlinuz-6.1 ro\n");
  REQUIRE(entry);
  CHECK(entry->find("initrd") == std::string::npos);
  CHECK(entry->find("\tif linux /vmlinuz-6.12.9 ro panic=30; then\n\t\tset kerneltour_loaded=yes\n\tfi\n") !=
        std::string::npos);
}

TEST_CASE("what other files are loaded stays, and what is init's stays behind the kernel's") {
  const auto entry = entry_from_body("linux /vmlinuz-6.1 x=6.1 -- y\ninitrd /early.cpio /initrd.img-6.1\n");
  REQUIRE(entry);
  CHECK(entry->find("if linux /vmlinuz-6.12.9 x=6.1 panic=30 -- y; then") != std::string::npos);
  CHECK(entry->find("if initrd /early.cpio /initrd.img-6.12.9; then") != std::string::npos);
}

TEST_CASE("an entry that names no file of its kernel cannot be followed") {
  CHECK_FALSE(entry_from_body(""));
  CHECK_FALSE(entry_from_body("chainloader /x\n"));
  CHECK_FALSE(entry_from_body("linux /vmlinuz ro\n"));
  CHECK_FALSE(entry_from_body("linux\n"));
  CHECK_FALSE(entry_from_body("linux /vmlinuz-6.1\ninitrd /initrd.img\n"));
}

TEST_CASE("the script prints the entry as it is") {
  CHECK(menu_script("a $b 'c'\n").find("cat <<'END_OF_ENTRY'\na $b 'c'\nEND_OF_ENTRY\n") !=
        std::string::npos);
}
