#include "host/os_release.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace kerneltour::host;
using namespace std::string_view_literals;

TEST_CASE("Debian names itself") {
  const OsRelease os = parse_os_release(
      "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
      "NAME=\"Debian GNU/Linux\"\n"
      "VERSION_ID=\"12\"\n"
      "VERSION=\"12 (bookworm)\"\n"
      "VERSION_CODENAME=bookworm\n"
      "ID=debian\n"
      "HOME_URL=\"https://www.debian.org/\"\n");
  CHECK(os.id == "debian");
  CHECK(os.version == "12");
  CHECK(os.pretty_name == "Debian GNU/Linux 12 (bookworm)");
  CHECK(os.codename == "bookworm");
  CHECK(os.like.empty());
  CHECK(os.is_like("debian"));
  CHECK_FALSE(os.is_like("ubuntu"));
}

TEST_CASE("Ubuntu and what is made from it are like Debian") {
  const OsRelease ubuntu = parse_os_release(
      "NAME=\"Ubuntu\"\nVERSION=\"18.04.6 LTS (Bionic Beaver)\"\nID=ubuntu\nID_LIKE=debian\n"
      "PRETTY_NAME=\"Ubuntu 18.04.6 LTS\"\nVERSION_ID=\"18.04\"\nVERSION_CODENAME=bionic\n");
  CHECK(ubuntu.id == "ubuntu");
  CHECK(ubuntu.version == "18.04");
  CHECK(ubuntu.is_like("debian"));

  const OsRelease mint = parse_os_release("ID=linuxmint\nID_LIKE=\"ubuntu  debian\"\n");
  CHECK(mint.like == std::vector<std::string>{"ubuntu", "debian"});
  CHECK(mint.is_like("linuxmint"));
  CHECK(mint.is_like("ubuntu"));
  CHECK_FALSE(mint.is_like("ubuntu debian"));
}

TEST_CASE("Debian without a number has no version") {
  const OsRelease os = parse_os_release("PRETTY_NAME=\"Debian GNU/Linux forky/sid\"\nID=debian\n");
  CHECK(os.version == "");
}

TEST_CASE("values are quoted as for the shell") {
  CHECK(parse_os_release("ID='debian'").id == "debian");
  CHECK(parse_os_release("ID=de\"bi\"'an'").id == "debian");
  CHECK(parse_os_release("ID=debian # the best").id == "debian");
  CHECK(parse_os_release("ID=\\debian").id == "debian");
  CHECK(parse_os_release(R"(PRETTY_NAME="A \"b\" \$c \`d\` \\ \e")").pretty_name == R"(A "b" $c `d` \ \e)");
  CHECK(parse_os_release(R"(PRETTY_NAME='A \"b\"')").pretty_name == R"(A \"b\")");
  CHECK(parse_os_release("ID=debian\r\nVERSION_ID=\"12\"\r\n").version == "12");
}

TEST_CASE("the last line of a name counts") { CHECK(parse_os_release("ID=a\nID=b\n").id == "b"); }

TEST_CASE("lines that are none are ignored") {
  const OsRelease os = parse_os_release(
      "#ID=comment\nID\n=x\nVERSION_ID=\"never closed\\\"\nXID=y\nID =z\n  ID=debian\nPRETTY_NAME='\n");
  CHECK(os.id == "debian");
  CHECK(os.version == "");
  CHECK(os.pretty_name == "");
}

TEST_CASE("a file that names no system is called linux") {
  CHECK(parse_os_release("").id == "linux");
  CHECK(parse_os_release("ID=\n").id == "linux");
  CHECK(parse_os_release("\n\n\0\xff\xfe"sv).id == "linux");
}

TEST_CASE("bytes of any kind are taken as they are") {
  CHECK(parse_os_release("ID=a\0b\n"sv).id == "a\0b"sv);
  CHECK(parse_os_release("ID=\xff\n").id == "\xff");
  const std::string huge(4'000'000, 'x');
  CHECK(parse_os_release(huge + "=1\nPRETTY_NAME=\"" + huge + "\"\nID=debian").id == "debian");
}

TEST_CASE("the base of a distribution is its own release, or the one that its codename tells") {
  const auto base = [](const char* text) { return base_of(parse_os_release(text)); };
  CHECK(base("ID=debian\nVERSION_ID=12\n").version == "12");
  const auto sid = base("ID=debian\nVERSION_CODENAME=forky\n");
  CHECK(sid.distribution == "debian");
  CHECK(sid.newest);
  const auto mint = base("ID=linuxmint\nVERSION_ID=22\nID_LIKE=\"ubuntu debian\"\nUBUNTU_CODENAME=noble\n");
  CHECK(mint.distribution == "ubuntu");
  CHECK(mint.version == "24.04");
  CHECK_FALSE(mint.newest);
  CHECK(base("ID=ubuntu\nVERSION_ID=24.04\n").distribution == "ubuntu");
  CHECK(base("ID=pop\nID_LIKE=ubuntu\nVERSION_CODENAME=jammy\n").version == "22.04");
  CHECK(base("ID=raspbian\nID_LIKE=debian\nVERSION_CODENAME=bookworm\n").version == "12");
  CHECK(base("ID=fedora\nVERSION_ID=41\n").distribution.empty());
  CHECK(base_of({}).distribution.empty());
}

TEST_CASE("a value is cut where it is too long to be shown") {
  CHECK(parse_os_release("PRETTY_NAME=" + std::string(5000, 'x') + "\n").pretty_name.size() == 200);
}
