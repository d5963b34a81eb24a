#include "host/boot_parameters.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using kerneltour::host::BootParameters;
using namespace std::string_view_literals;

namespace {

/// All parameters as "[name=value]" or "[name]".
std::string shown(std::string_view command_line) {
  std::string text;
  const auto parameters = BootParameters::parse(command_line);
  for (const auto& one : parameters.all()) {
    text += '[' + one.name;
    if (one.value) text += '=' + *one.value;
    text += ']';
  }
  return text;
}

}  // namespace

TEST_CASE("a command line is split at white space") {
  CHECK(shown("BOOT_IMAGE=/boot/vmlinuz-6.1.0-56-amd64 root=UUID=4f5c8a6e ro quiet\n") ==
        "[BOOT_IMAGE=/boot/vmlinuz-6.1.0-56-amd64][root=UUID=4f5c8a6e][ro][quiet]");
  CHECK(shown("  a \t b=1\n\n") == "[a][b=1]");
  CHECK(shown("a\xa0"
              "b") == "[a][b]");  // the kernel's isspace() is Latin-1's
}

TEST_CASE("double quotes keep white space and are taken away") {
  CHECK(shown(R"(dyndbg="file drivers/usb/* +p" quiet)") == "[dyndbg=file drivers/usb/* +p][quiet]");
  CHECK(shown(R"("dyndbg=file a b +p" quiet)") == "[dyndbg=file a b +p][quiet]");
  CHECK(shown(R"(a="")") == "[a=]");
  CHECK(shown(R"("a b")") == "[a b]");
  CHECK(shown(R"(a=b"c d"e)") == R"([a=b"c d"e])");
}

TEST_CASE("stray quotes are read as the kernel reads them") {
  CHECK(shown(R"(psi=1 a="never closed psi=0)") == "[psi=1][a=never closed psi=0]");
  CHECK(shown(R"(x=")") == "[x=]");
  CHECK(shown(R"(")") == "[]");
  CHECK(shown(R"("")") == "[]");
  CHECK(shown(R"("=")") == "[=]");
}

TEST_CASE("what stands behind -- is for init") {
  const auto parameters = BootParameters::parse("psi=1 rdinit=/init -- psi=0 --addr 0.0.0.0:2024");
  CHECK(parameters.all().size() == 2);
  CHECK(parameters.last("psi") == "1");
  CHECK(BootParameters::parse("--=1 psi=0").last("psi") == "0");
}

TEST_CASE("of several parameters of a name the last one counts") {
  const auto parameters = BootParameters::parse("psi=0 quiet psi=1 psix=2 apsi=3");
  CHECK(parameters.last("psi") == "1");
  CHECK(parameters.last("quiet") == "");
  CHECK_FALSE(parameters.last("ps"));
  CHECK_FALSE(parameters.last(""));
}

TEST_CASE("dashes and underscores in names are the same, in values they are not") {
  const auto parameters = BootParameters::parse("cgroup-disable=memory systemd.unified_cgroup_hierarchy=a-b");
  CHECK(parameters.last("cgroup_disable") == "memory");
  CHECK(parameters.last("systemd.unified-cgroup-hierarchy") == "a-b");
  CHECK_FALSE(parameters.lists("cgroup_disable", "mem"));
}

TEST_CASE("an item is found in the list of any parameter of that name") {
  const auto parameters =
      BootParameters::parse("cgroup_disable=memory,pressure cgroup_disable=cpu, psi=pressured cgroup_enable");
  CHECK(parameters.lists("cgroup_disable", "memory"));
  CHECK(parameters.lists("cgroup_disable", "pressure"));
  CHECK(parameters.lists("cgroup-disable", "cpu"));
  CHECK_FALSE(parameters.lists("cgroup_disable", "io"));
  CHECK_FALSE(parameters.lists("psi", "pressure"));
  CHECK_FALSE(parameters.lists("cgroup_enable", "memory"));
}

TEST_CASE("names and values may hold more signs of equality") {
  CHECK(shown("root=UUID=a=b =x =y=z =") == "[root=UUID=a=b][=x][=y=z][=]");
}

TEST_CASE("a command line ends at a NUL byte, and may be anything before it") {
  CHECK(shown("") == "");
  CHECK(shown(" \n\t") == "");
  CHECK(shown("psi=1\0 psi=0"sv) == "[psi=1]");
  CHECK(shown("\xff\xfe=\x80 b") == "[\xff\xfe=\x80][b]");
  const std::string huge(4'000'000, 'x');
  CHECK(BootParameters::parse(huge + "=1 psi=1").last(huge) == "1");
  CHECK(BootParameters::parse(std::string(1'000'000, '"')).all().size() == 1);
}
