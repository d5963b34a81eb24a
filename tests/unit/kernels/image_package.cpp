#include "kernels/image_package.hpp"

#include <doctest/doctest.h>

namespace kerneltour::kernels {
namespace {

TEST_CASE("an image's package names the release") {
  const auto debian = parse_image_package("linux-image-6.1.0-56-amd64");
  REQUIRE(debian);
  CHECK(debian->release.text == "6.1.0-56-amd64");
  CHECK_FALSE(debian->unsigned_name);
  const auto mainline = parse_image_package("linux-image-unsigned-6.17.8-061708-generic");
  REQUIRE(mainline);
  CHECK(mainline->release.text == "6.17.8-061708-generic");
  CHECK(mainline->unsigned_name);
  const auto unsigned_debian = parse_image_package("linux-image-6.12.9-cloud-amd64-unsigned");
  REQUIRE(unsigned_debian);
  CHECK(unsigned_debian->release.text == "6.12.9-cloud-amd64");
  CHECK(unsigned_debian->unsigned_name);
}

TEST_CASE("what brings an image, or is about one, is none") {
  for (const char* name :
       {"linux-image-amd64", "linux-image-generic-hwe-24.04", "linux-image-5.10-amd64",
        "linux-image-6.1.0-56-amd64-dbg", "linux-image-amd64-signed-template", "linux-headers-6.1.0-56-amd64",
        "linux-image-", "linux-image-unsigned-", "linux-image-6.1.0-5/6", "linux-image-6.1.0 56"})
    CHECK_MESSAGE(!parse_image_package(name), name);
}

TEST_CASE("a package's version has Linux's in it") {
  CHECK(linux_version("6.1.140-1") == "6.1.140");
  CHECK(linux_version("6.12.9-1~bpo12+1") == "6.12.9");
  CHECK(linux_version("6.17~rc6-1~exp1") == "6.17-rc6");
  CHECK(linux_version("6.8.0-45.45") == "6.8.0");
  CHECK(linux_version("6.17.8-061708.202511132042") == "6.17.8");
  CHECK(linux_version("1:6.6.20+rpt1-1") == "6.6.20");
  CHECK(linux_version("") == "");
}

}  // namespace
}  // namespace kerneltour::kernels
