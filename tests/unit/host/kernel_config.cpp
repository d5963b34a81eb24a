#include "host/kernel_config.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <chrono>
#include <string>
#include <string_view>

#include "host/host.hpp"
#include "support/tree.hpp"

using kerneltour::host::config_locations;
using kerneltour::host::ConfigFile;
using kerneltour::host::ConfigState;
using kerneltour::host::find_kernel_config;
using kerneltour::host::Host;
using kerneltour::host::KernelConfig;
using kerneltour::host::read_kernel_config;
using kerneltour::tests::Tree;
using namespace std::string_view_literals;

namespace {

// From Debian's 6.1.0-56-amd64, shortened.
constexpr std::string_view debian = R"(#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.1.176 Kernel Configuration
#
CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0"
CONFIG_CC_IS_GCC=y
CONFIG_GCC_VERSION=120200
CONFIG_LOCALVERSION=""
# CONFIG_LOCALVERSION_AUTO is not set

#
# CPU/Task time and stats accounting
#
# CONFIG_IRQ_TIME_ACCOUNTING is not set
CONFIG_PSI=y
# CONFIG_PSI_DEFAULT_DISABLED is not set
# end of CPU/Task time and stats accounting

# CONFIG_IKCONFIG is not set
CONFIG_LOG_BUF_SHIFT=17
CONFIG_PHYSICAL_START=0x1000000
CONFIG_USER_NS=y
CONFIG_VETH=m
)";

KernelConfig parse(std::string_view text) { return KernelConfig::parse(std::string(text)).value(); }

ConfigState state(std::string_view text, std::string_view option) { return parse(text).state(option); }

std::string gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

TEST_CASE("every state of an option is told") {
  const KernelConfig config = parse(debian);
  CHECK(config.state("CONFIG_PSI") == ConfigState::built_in);
  CHECK(config.state("CONFIG_VETH") == ConfigState::module);
  CHECK(config.state("CONFIG_PSI_DEFAULT_DISABLED") == ConfigState::off);
  CHECK(config.state("CONFIG_LOG_BUF_SHIFT") == ConfigState::other);
  CHECK(config.state("CONFIG_LOCALVERSION") == ConfigState::other);
  CHECK(config.state("CONFIG_UTS_NS") == ConfigState::unmentioned);
  CHECK(state("CONFIG_A=n\n", "CONFIG_A") == ConfigState::off);
  CHECK(state("CONFIG_A=\"y\"\n", "CONFIG_A") == ConfigState::other);
}

TEST_CASE("values are given without the quotes of a string") {
  const KernelConfig config = parse(debian);
  CHECK(config.value("CONFIG_CC_VERSION_TEXT") == "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0");
  CHECK(config.value("CONFIG_LOCALVERSION") == "");
  CHECK(config.value("CONFIG_PHYSICAL_START") == "0x1000000");
  CHECK(config.value("CONFIG_PSI") == "y");
  CHECK(config.value("CONFIG_VETH") == "m");
  CHECK_FALSE(config.value("CONFIG_IKCONFIG"));
  CHECK_FALSE(config.value("CONFIG_UTS_NS"));
  CHECK(parse(R"(CONFIG_A="a \"b\" \\ c=d")").value("CONFIG_A") == R"(a "b" \ c=d)");
  CHECK(parse("CONFIG_A=\"").value("CONFIG_A") == "\"");
  CHECK(parse("CONFIG_A=").value("CONFIG_A") == "");
}

TEST_CASE("an option is not taken for a longer or a shorter one") {
  const std::string_view text =
      "CONFIG_PSI_DEFAULT_DISABLED=y\nCONFIG_XPSI=y\nXCONFIG_PSI=y\nCONFIG_PSIX=m\n"
      "# CONFIG_PSI_X is not set\nCONFIG_=y\n";
  CHECK(state(text, "CONFIG_PSI") == ConfigState::unmentioned);
  CHECK(state(text, "CONFIG_PSI_DEFAULT") == ConfigState::unmentioned);
  CHECK(state(text, "CONFIG_") == ConfigState::unmentioned);
  CHECK(state(text, "") == ConfigState::unmentioned);
  CHECK(state(text, "PSI_X") == ConfigState::unmentioned);
  CHECK(state(text, "CONFIG_PSI_X") == ConfigState::off);
}

TEST_CASE("a comment sets nothing, whatever it contains") {
  for (const std::string_view comment : {
           "# CONFIG_PSI=y"sv,
           "#CONFIG_PSI=y"sv,
           "#CONFIG_PSI is not set"sv,
           "# set CONFIG_PSI=y for pressure"sv,
           "# CONFIG_PSI is not set by default"sv,
           "# CONFIG_PSI is set"sv,
           "#  CONFIG_PSI is not set"sv,
           " CONFIG_PSI=y"sv,
           "CONFIG_A=\"CONFIG_PSI=y\""sv,
           "export CONFIG_PSI=y"sv,
           "CONFIG_PSI"sv,
           "CONFIG_PSI y"sv,
           "# CONFIG_PSI=y is not set"sv,
       }) {
    CAPTURE(std::string(comment));
    CHECK(state(std::string(comment) + "\nCONFIG_OTHER=y\n", "CONFIG_PSI") == ConfigState::unmentioned);
  }
}

TEST_CASE("of several lines about an option the last one counts") {
  CHECK(state("CONFIG_A=y\n# CONFIG_A is not set\n", "CONFIG_A") == ConfigState::off);
  CHECK(state("# CONFIG_A is not set\nCONFIG_A=m\n", "CONFIG_A") == ConfigState::module);
  CHECK(state("CONFIG_A=y\nCONFIG_A=m\n# CONFIG_A=n\n", "CONFIG_A") == ConfigState::module);
}

TEST_CASE("line ends of DOS, blanks at the end and a missing last newline make no difference") {
  CHECK(state("CONFIG_A=y\r\n# CONFIG_B is not set\r\n", "CONFIG_A") == ConfigState::built_in);
  CHECK(state("CONFIG_A=y\r\n# CONFIG_B is not set\r\n", "CONFIG_B") == ConfigState::off);
  CHECK(parse("CONFIG_A=\"x y\"\r\n").value("CONFIG_A") == "x y");
  CHECK(state("CONFIG_A=y \t\n", "CONFIG_A") == ConfigState::built_in);
  CHECK(state("CONFIG_B=y\nCONFIG_A=m", "CONFIG_A") == ConfigState::module);
  CHECK(state("CONFIG_B=y\n# CONFIG_A is not set", "CONFIG_A") == ConfigState::off);
}

TEST_CASE("text without a line of a configuration is none") {
  for (const std::string_view text :
       {""sv, "\n\n"sv, "hello\n"sv, "# CONFIG_PSI=y\n"sv, "CONFIG_=y\n"sv, "CONFIG_PSI\n"sv,
        "\0\0\0CONFIG_PSI=y"sv, "#  is not set\n# CONFIG_ is not set"sv, "# is not set"sv, "#"sv, "# "sv,
        "\xff\xfe\xfd"sv}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(KernelConfig::parse(std::string(text)));
  }
  CHECK_FALSE(KernelConfig::parse(std::string(8 << 20, '\0')));
  CHECK_FALSE(KernelConfig::parse(std::string(8 << 20, '\n')));
}

TEST_CASE("bytes of any kind between the lines do no harm") {
  const KernelConfig config = parse("\0\xff\nCONFIG_A=\0y\n\x80\nCONFIG_B=y\n"sv);
  CHECK(config.state("CONFIG_A") == ConfigState::other);
  CHECK(config.value("CONFIG_A") == "\0y"sv);
  CHECK(config.state("CONFIG_B") == ConfigState::built_in);
  const std::string huge(4 << 20, 'X');
  CHECK(state("CONFIG_" + huge + "=y\nCONFIG_B=\"" + huge + "\"\nCONFIG_A=m\n", "CONFIG_A") ==
        ConfigState::module);
}

TEST_CASE("every one of very many options is found") {
  constexpr int count = 50'000;
  std::string text;
  for (int i = 0; i < count; ++i) text += "CONFIG_N" + std::to_string(i) + '=' + std::to_string(i) + '\n';
  const KernelConfig config = parse(text);
  int found = 0;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    if (config.value("CONFIG_N" + number) == number) ++found;
  }
  CHECK(found == count);
  CHECK(config.state("CONFIG_N" + std::to_string(count)) == ConfigState::unmentioned);
}

TEST_CASE("a copy answers as the original does") {
  std::optional<KernelConfig> original = KernelConfig::parse("CONFIG_A=m\n");
  const KernelConfig copy = *original;
  original.reset();
  CHECK(copy.state("CONFIG_A") == ConfigState::module);
}

TEST_CASE("a file of the same line a million times is asked in no time") {
  std::string text;
  while (text.size() < 8 << 20) text += "CONFIG_A=y\n";
  const KernelConfig config = parse(text);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) CHECK(config.state("CONFIG_A") == ConfigState::built_in);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
}

TEST_CASE("the configuration is looked for in every place, the running kernel's own first") {
  const auto running = config_locations("6.1.0-56-amd64", true);
  const auto other = config_locations("6.1.0-56-amd64", false);
  CHECK(running.front() == "/proc/config.gz");
  CHECK(other.front() == "/boot/config-6.1.0-56-amd64");
  CHECK(running.size() == other.size() + 1);
  CHECK(config_locations("", true) == std::vector<std::string>{"/proc/config.gz"});
  CHECK(config_locations("", false).empty());
}

TEST_CASE("a configuration is found in each of the places") {
  for (const std::string& path : config_locations("6.1.0", true)) {
    CAPTURE(path);
    Tree tree;
    tree.file(path, path.ends_with(".config") ? std::string(debian) : gzip(std::string(debian)));
    const ConfigFile found = find_kernel_config(Host::at(tree.root()), "6.1.0", true);
    REQUIRE(found.config);
    CHECK(found.path == path);
    CHECK(found.failures.empty());
    CHECK(found.config->state("CONFIG_VETH") == ConfigState::module);
  }
}

TEST_CASE("/proc/config.gz counts for the running kernel only") {
  Tree tree;
  tree.file("/proc/config.gz", gzip("CONFIG_A=y\n")).file("/boot/config-6.1.0", "CONFIG_A=m\n");
  const Host host = Host::at(tree.root());
  CHECK(find_kernel_config(host, "6.1.0", true).path == "/proc/config.gz");
  CHECK(find_kernel_config(host, "6.1.0", false).path == "/boot/config-6.1.0");
  CHECK_FALSE(find_kernel_config(host, "6.1.1", false).config);
}

TEST_CASE("a file that cannot be used is named with the reason, and the next one is taken") {
  Tree tree;
  const std::string packed = gzip(std::string(debian));
  tree.file("/proc/config.gz", packed.substr(0, packed.size() / 2))
      .directory("/boot/config-6.1.0")
      .file("/usr/lib/modules/6.1.0/config", "no such thing\n")
      .file("/lib/modules/6.1.0/config", "")
      .link("/lib/modules/6.1.0/build", "/usr/src/headers")
      .file("/usr/src/headers/.config", debian);
  const ConfigFile found = find_kernel_config(Host::at(tree.root()), "6.1.0", true);
  CHECK(found.config);
  CHECK(found.path == "/lib/modules/6.1.0/build/.config");
  REQUIRE(found.failures.size() == 4);
  CHECK(found.failures[0].path == "/proc/config.gz");
  CHECK(found.failures[0].reason == "is truncated");
  CHECK(found.failures[1].path == "/boot/config-6.1.0");
  CHECK(found.failures[1].reason == "is a directory");
  CHECK(found.failures[2].reason == "is no kernel configuration");
  CHECK(found.failures[3].reason == "is empty");
}

TEST_CASE("where there is no configuration at all there is no failure either") {
  Tree tree;
  tree.file("/boot", "a file where a directory should be");
  const ConfigFile found = find_kernel_config(Host::at(tree.root()), "6.1.0", true);
  CHECK_FALSE(found.config);
  CHECK(found.path.empty());
  CHECK(found.failures.empty());
}

TEST_CASE("a named file is judged by its bytes") {
  CHECK(read_kernel_config(gzip("CONFIG_A=y\n"), "my.config").path == "my.config");
  const ConfigFile damaged =
      read_kernel_config("\x1f\x8b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "my.config");
  CHECK_FALSE(damaged.config);
  CHECK(damaged.path.empty());
  REQUIRE(damaged.failures.size() == 1);
  CHECK(damaged.failures[0].path == "my.config");
  CHECK(damaged.failures[0].reason == "is damaged");
}
