#include "host/kernel_release.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using kerneltour::host::KernelOrigin;
using kerneltour::host::KernelVersion;
using kerneltour::host::parse_kernel_release;
using kerneltour::host::parse_kernel_version;
using namespace std::string_view_literals;

namespace {

struct Expected {
  std::string_view text;
  KernelVersion version;
  KernelOrigin origin;
  std::string_view flavour;
};

void check(const Expected& expected) {
  CAPTURE(expected.text);
  const auto release = parse_kernel_release(expected.text);
  REQUIRE(release);
  CHECK(release->text == expected.text);
  CHECK(release->version == expected.version);
  CHECK(release->origin == expected.origin);
  CHECK(release->flavour == expected.flavour);
}

}  // namespace

TEST_CASE("Debian's releases are told with their flavour") {
  const Expected all[] = {
      {"6.1.0-56-amd64", {6, 1, 0}, KernelOrigin::debian, "amd64"},
      {"6.1.0-56-cloud-amd64", {6, 1, 0}, KernelOrigin::debian, "cloud-amd64"},
      {"6.12.9+bpo-amd64", {6, 12, 9}, KernelOrigin::debian, "amd64"},
      {"6.12.48+deb13-amd64", {6, 12, 48}, KernelOrigin::debian, "amd64"},
      {"6.12.48+deb13-cloud-arm64", {6, 12, 48}, KernelOrigin::debian, "cloud-arm64"},
      {"6.16.12+deb14+1-amd64", {6, 16, 12}, KernelOrigin::debian, "amd64"},
      {"4.19.0-27-amd64", {4, 19, 0}, KernelOrigin::debian, "amd64"},
      {"4.19.0-0.bpo.19-amd64", {4, 19, 0}, KernelOrigin::debian, "amd64"},
      {"5.10.0-9-amd64", {5, 10, 0}, KernelOrigin::debian, "amd64"},
      {"5.10.0-0.deb10.30-amd64", {5, 10, 0}, KernelOrigin::debian, "amd64"},
      {"6.5.0-0.deb12.4-rt-amd64", {6, 5, 0}, KernelOrigin::debian, "rt-amd64"},
      {"5.6.0-trunk-amd64", {5, 6, 0}, KernelOrigin::debian, "amd64"},
      {"6.11.10-amd64", {6, 11, 10}, KernelOrigin::debian, "amd64"},
      {"3.2.0-4-686-pae", {3, 2, 0}, KernelOrigin::debian, "686-pae"},
      {"6.1.0-13-4kc-malta", {6, 1, 0}, KernelOrigin::debian, "4kc-malta"},
      {"6.1.0-31-armmp-lpae", {6, 1, 0}, KernelOrigin::debian, "armmp-lpae"},
  };
  for (const Expected& one : all) check(one);
}

TEST_CASE("Ubuntu's own and its mainline builds are told apart") {
  const Expected all[] = {
      {"4.15.0-213-generic", {4, 15, 0}, KernelOrigin::ubuntu, "generic"},
      {"6.8.0-1021-aws", {6, 8, 0}, KernelOrigin::ubuntu, "aws"},
      {"6.8.0-1021-aws-64k", {6, 8, 0}, KernelOrigin::ubuntu, "aws-64k"},
      {"6.8.0-45-lowlatency", {6, 8, 0}, KernelOrigin::ubuntu, "lowlatency"},
      {"5.15.0-1062-raspi", {5, 15, 0}, KernelOrigin::ubuntu, "raspi"},
      {"6.17.8-061708-generic", {6, 17, 8}, KernelOrigin::ubuntu_mainline, "generic"},
      {"6.17.0-061700rc6-generic", {6, 17, 0}, KernelOrigin::ubuntu_mainline, "generic"},
      {"4.20.0-042000-generic", {4, 20, 0}, KernelOrigin::ubuntu_mainline, "generic"},
      {"5.10.251-0510251-generic", {5, 10, 251}, KernelOrigin::ubuntu_mainline, "generic"},
      {"4.4.10-040410-lowlatency", {4, 4, 10}, KernelOrigin::ubuntu_mainline, "lowlatency"},
  };
  for (const Expected& one : all) check(one);
}

TEST_CASE("the kernel of WSL 2 and what WSL 1 calls one are told") {
  const Expected all[] = {
      {"5.15.153.1-microsoft-standard-WSL2", {5, 15, 153}, KernelOrigin::wsl, "microsoft-standard-WSL2"},
      {"6.6.87.2-microsoft-standard-WSL2+", {6, 6, 87}, KernelOrigin::wsl, "microsoft-standard-WSL2+"},
      {"4.19.128-microsoft-standard", {4, 19, 128}, KernelOrigin::wsl, "microsoft-standard"},
      {"4.4.0-19041-Microsoft", {4, 4, 0}, KernelOrigin::wsl, "Microsoft"},
      {"6.1.21-WSL2-custom", {6, 1, 21}, KernelOrigin::wsl, "WSL2-custom"},
  };
  for (const Expected& one : all) check(one);
}

TEST_CASE("everybody else's releases give their version and no flavour") {
  const Expected all[] = {
      {"6.18.44-fc-v509", {6, 18, 44}, KernelOrigin::other, ""},
      {"4.18.0-553.el8.x86_64", {4, 18, 0}, KernelOrigin::other, ""},
      {"6.6.31-v8+", {6, 6, 31}, KernelOrigin::other, ""},
      {"6.9.3-arch1-1", {6, 9, 3}, KernelOrigin::other, ""},
      {"6.12.20+rpt-rpi-v8", {6, 12, 20}, KernelOrigin::other, ""},
      {"6.9.3-76060903-generic", {6, 9, 3}, KernelOrigin::other, ""},
      {"6.8.12-4-pve", {6, 8, 12}, KernelOrigin::other, ""},
      {"4.14.355-275.572.amzn2.x86_64", {4, 14, 355}, KernelOrigin::other, ""},
      {"6.18", {6, 18, 0}, KernelOrigin::other, ""},
      {"6.18.", {6, 18, 0}, KernelOrigin::other, ""},
      {"6.18.44", {6, 18, 44}, KernelOrigin::other, ""},
      {"6.1.0-", {6, 1, 0}, KernelOrigin::other, ""},
      {"6.1.0--amd64x", {6, 1, 0}, KernelOrigin::other, ""},
  };
  for (const Expected& one : all) check(one);
}

TEST_CASE("a release candidate is told from its release and counts as it") {
  const auto candidate_of = [](std::string_view text) {
    return parse_kernel_release(text).value().candidate;
  };
  CHECK(candidate_of("6.6.0-rc1") == 1);
  CHECK(candidate_of("6.17-rc6") == 6);
  CHECK(candidate_of("6.17-rc6-dirty") == 6);
  CHECK(candidate_of("6.10-rc7-amd64") == 7);
  CHECK(candidate_of("6.17.0-061700rc6-generic") == 6);
  CHECK(candidate_of("3.0.0-0300rc12-generic") == 12);
  CHECK(candidate_of("6.6.0-0.rc6.47.fc40.x86_64") == 6);
  CHECK_FALSE(candidate_of("6.17.8-061708-generic"));
  CHECK_FALSE(candidate_of("6.6.0-arch1"));
  CHECK_FALSE(candidate_of("6.6.0-rc"));
  CHECK_FALSE(candidate_of("6.6.0-src2"));
  CHECK(parse_kernel_release("4.20.0-rc1").value().at_least({4, 20, 0}));
  CHECK(parse_kernel_release("6.10-rc7-amd64").value().origin == KernelOrigin::debian);
}

TEST_CASE("versions are compared as numbers") {
  const auto release = parse_kernel_release("5.10.0-9-amd64").value();
  CHECK(release.at_least({5, 9, 99}));
  CHECK(release.at_least({5, 10, 0}));
  CHECK(release.at_least({4, 20, 0}));
  CHECK_FALSE(release.at_least({5, 10, 1}));
  CHECK_FALSE(release.at_least({5, 13, 0}));
  CHECK_FALSE(release.at_least({6, 1, 0}));
}

TEST_CASE("white space around a release is no part of it") {
  CHECK(parse_kernel_release(" 6.1.0-56-amd64\n").value().text == "6.1.0-56-amd64");
}

TEST_CASE("text that is no release is refused") {
  const std::string_view none[] = {
      ""sv,
      "\n"sv,
      "6"sv,
      "6."sv,
      ".1"sv,
      "six.one"sv,
      "-6.1"sv,
      "+6.1"sv,
      "6.-1"sv,
      "v6.1"sv,
      "6 .1"sv,
      "Linux 6.1.0"sv,
      "6.1.0 \0-x"sv,
      "6.1\0"sv,
      "6.1-\xff"sv,
      "6.1.0\x1b[2J"sv,
      "6.1/../../etc/passwd"sv,
      "99999999999.1"sv,
      "6.99999999999"sv,
      "6.1.99999999999"sv,
  };
  for (const std::string_view text : none) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_kernel_release(text));
  }
}

TEST_CASE("a release holds 64 characters and no more") {
  const std::string longest = "6.1.0-" + std::string(58, 'x');
  CHECK(parse_kernel_release(longest));
  CHECK_FALSE(parse_kernel_release(longest + "x"));
  CHECK_FALSE(parse_kernel_release("6.1." + std::string(4'000'000, '1')));
}

TEST_CASE("a version alone is nothing but a version") {
  CHECK(parse_kernel_version("4.20") == KernelVersion{4, 20, 0});
  CHECK(parse_kernel_version("5.6.19") == KernelVersion{5, 6, 19});
  CHECK_FALSE(parse_kernel_version(""));
  CHECK_FALSE(parse_kernel_version("4"));
  CHECK_FALSE(parse_kernel_version("4.20-rc1"));
  CHECK_FALSE(parse_kernel_version("4.20."));
  CHECK_FALSE(parse_kernel_version(" 4.20"));
}
