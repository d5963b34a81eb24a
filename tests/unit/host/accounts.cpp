#include "host/accounts.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace kerneltour::host;
using namespace std::string_view_literals;

TEST_CASE("passwd lines give names with their user and group IDs") {
  const auto users = parse_passwd(
      "root:x:0:0:root:/root:/bin/bash\n"
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
      "ann:x:1000:100:Ann,,,:/home/ann:/bin/bash");
  REQUIRE(users.size() == 3);
  CHECK(users[0].name == "root");
  CHECK(users[0].uid == 0);
  CHECK(users[1].uid == 65534);
  CHECK(users[2].name == "ann");
  CHECK(users[2].uid == 1000);
  CHECK(users[2].gid == 100);
}

TEST_CASE("group lines give names with their IDs, members or not") {
  const auto groups = parse_group("sudo:x:27:ann,bob\nann:x:1000:\n");
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].name == "sudo");
  CHECK(groups[0].gid == 27);
  CHECK(groups[1].gid == 1000);
}

TEST_CASE("malformed passwd lines, comments and those of NIS are left out") {
  const auto users = parse_passwd(
      "\n"
      "# local users:x:1:1\n"
      "+::::::\n"
      "+bob:x:5:5:::\n"
      "-eve:x:6:6:::\n"
      "ann\n"
      "ann:x:1000\n"
      ":x:1000:1000::/:/bin/sh\n"
      "ann:x::1000::/:/bin/sh\n"
      "ann:x:-1:1000::/:/bin/sh\n"
      "ann:x:0x10:1000::/:/bin/sh\n"
      "ann:x: 10:1000::/:/bin/sh\n"
      "ann:x:4294967296:1000::/:/bin/sh\n"
      "bob:x:7:7:::\n");
  REQUIRE(users.size() == 1);
  CHECK(users[0].name == "bob");
}

TEST_CASE("the ID that means no ID is nobody's") {
  CHECK(parse_passwd("ann:x:4294967295:1000::/:/bin/sh").empty());
  CHECK(parse_group("ann:x:4294967295:").empty());
  REQUIRE(parse_group("ann:x:4294967294:").size() == 1);
}

TEST_CASE("a name is printable text without blanks and colons, in any alphabet") {
  CHECK(is_account_name("ann"));
  CHECK(is_account_name("1000"));
  CHECK(is_account_name("andré"));
  for (const std::string_view name :
       {""sv, "an n"sv, "an:n"sv, "ann\t"sv, "an\0n"sv, "an\x1b[31mn"sv, "\xff\xfe"sv})
    CHECK_FALSE(is_account_name(name));
}

TEST_CASE("binary accounts give none") {
  CHECK(parse_passwd("").empty());
  CHECK(parse_passwd("\x7f\x45LF\0\0:\0:1:1\n"sv).empty());
  CHECK(parse_group("\xff:x:1:\n"sv).empty());
}

TEST_CASE("users may be elsewhere where nsswitch.conf names a directory") {
  CHECK(has_account_directory("passwd: files sss\n"));
  CHECK(has_account_directory("group: files\npasswd:\tldap files\n"));
  CHECK(has_account_directory("passwd: files winbind"));
  CHECK(has_account_directory(" passwd:files sss\n"));
  CHECK(has_account_directory("passwd: files [NOTFOUND=continue] sss\n"));
}

TEST_CASE("files, and what systemd makes up, are no directory") {
  CHECK_FALSE(has_account_directory(""));
  CHECK_FALSE(has_account_directory("passwd:\n"));
  CHECK_FALSE(has_account_directory("passwd: files systemd\ngroup: files sss\n"));
  CHECK_FALSE(has_account_directory("passwd: compat  # sss\n#passwd: sss\n"));
  CHECK_FALSE(has_account_directory("passwd: files [!UNAVAIL=return]\n"));
  CHECK_FALSE(
      has_account_directory("passwd: files [SUCCESS=merge NOTFOUND=return UNAVAIL=return] systemd\n"));
  CHECK_FALSE(has_account_directory("passwd_compat: nis\n"));
}
