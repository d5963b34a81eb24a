#include "host/mounts.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace kerneltour::host;
using namespace std::string_view_literals;

TEST_CASE("a line of mountinfo gives its fields, with and without optional ones") {
  const auto mounts = parse_mountinfo(
      "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard\n"
      "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 master:2 - cgroup2 cgroup2 rw,nsdelegate\n");
  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].id == 27);
  CHECK(mounts[0].parent == 1);
  CHECK(mounts[0].root == "/");
  CHECK(mounts[0].point == "/");
  CHECK(mounts[0].type == "ext4");
  CHECK(mounts[0].options == "rw,relatime");
  CHECK(mounts[0].super_options == "rw,discard");
  CHECK(mounts[1].point == "/sys/fs/cgroup");
  CHECK(mounts[1].type == "cgroup2");
  CHECK(mounts[1].super_options == "rw,nsdelegate");
}

TEST_CASE("octal escapes in a mount's paths are resolved, and other backslashes stay") {
  const auto mounts =
      parse_mountinfo(R"(40 27 8:1 /a\134b /media/My\040Disk\011\012\9\8 rw - vfat /dev/sdb1 rw)");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].root == "/a\\b");
  CHECK(mounts[0].point == "/media/My Disk\t\n\\9\\8");
}

TEST_CASE("an escape that is no byte, or is cut off, stays as it is") {
  const auto mounts = parse_mountinfo(R"(40 27 8:1 /\777 /a\04 rw - tmpfs t rw)");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].root == "/\\777");
  CHECK(mounts[0].point == "/a\\04");
}

TEST_CASE("a mount without a source has a type and options all the same") {
  const auto mounts = parse_mountinfo("50 27 0:44 / /mnt rw - tmpfs  rw,size=4k\n");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].type == "tmpfs");
  CHECK(mounts[0].super_options == "rw,size=4k");
}

TEST_CASE("a namespace that is kept by a bind mount is a mount like any other") {
  const auto mounts = parse_mountinfo("60 25 0:4 net:[4026532196] /run/netns/a rw - nsfs nsfs rw");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].root == "net:[4026532196]");
}

TEST_CASE("lines that are no mounts are left out and the others kept") {
  const auto mounts = parse_mountinfo(
      "\n"
      "27\n"
      "27 1 254:0 / / rw,relatime\n"
      "27 1 254:0 / / rw,relatime ext4 /dev/vda rw\n"
      "27 1 254:0 / / rw - ext4\n"
      "4294967296 1 254:0 / / rw - ext4 /dev/vda rw\n"
      "-1 1 254:0 / / rw - ext4 /dev/vda rw\n"
      "27 1 254:0 / relative rw - ext4 /dev/vda rw\n"
      "28 1 254:0 / /kept rw - ext4 /dev/vda rw\n");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].point == "/kept");
}

TEST_CASE("bytes that are no mountinfo at all give no mounts") {
  CHECK(parse_mountinfo("").empty());
  CHECK(parse_mountinfo("\x7f\x45LF\0\xff\xfe - - - - - - -\n"sv).empty());
  CHECK(parse_mountinfo(std::string(100000, ' ')).empty());
  CHECK(parse_mountinfo(std::string(100000, '\\')).empty());
}
