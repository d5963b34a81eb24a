#include "kernels/apt_kernels.hpp"

#include <doctest/doctest.h>

namespace kerneltour::kernels {
namespace {

apt::Version version(std::string package, std::string number, std::string origin,
                     std::vector<std::string> depends = {}) {
  apt::Version made;
  made.package = std::move(package);
  made.version = std::move(number);
  made.origin = std::move(origin);
  made.depends = std::move(depends);
  made.source = "linux-signed-amd64";
  made.candidate = true;
  return made;
}

TEST_CASE("an image is a kernel, and has what brings it") {
  const auto kernels = apt_kernels({
      version("linux-image-6.1.0-56-amd64", "6.1.170-1", "bookworm", {"kmod", "linux-base"}),
      version("linux-image-amd64", "6.1.170-1", "bookworm", {"linux-image-6.1.0-56-amd64"}),
  });
  REQUIRE(kernels.size() == 1);
  CHECK(kernels[0].release.text == "6.1.0-56-amd64");
  CHECK(kernels[0].version == "6.1.170");
  CHECK(kernels[0].source == Source::apt);
  CHECK(kernels[0].origin == "bookworm");
  CHECK(kernels[0].is_signed);
  CHECK(kernels[0].metapackages == std::vector<std::string>{"linux-image-amd64"});
}

TEST_CASE("Ubuntu's metapackages bring an image by way of others") {
  const auto kernels = apt_kernels({
      version("linux-image-6.8.0-45-generic", "6.8.0-45.45", "noble"),
      version("linux-image-generic-hwe-24.04", "6.8.0.45", "noble", {"linux-image-6.8.0-45-generic"}),
      version("linux-generic-hwe-24.04", "6.8.0.45", "noble",
              {"linux-image-generic-hwe-24.04", "linux-headers-generic"}),
  });
  REQUIRE(kernels.size() == 1);
  CHECK(kernels[0].metapackages ==
        std::vector<std::string>{"linux-generic-hwe-24.04", "linux-image-generic-hwe-24.04"});
}

TEST_CASE("metapackages that depend on each other end") {
  const auto kernels = apt_kernels({
      version("linux-image-6.8.0-45-generic", "6.8.0-45.45", "noble"),
      version("linux-image-generic", "1", "noble", {"linux-generic"}),
      version("linux-generic", "1", "noble", {"linux-image-generic", "linux-image-6.8.0-45-generic"}),
  });
  REQUIRE(kernels.size() == 1);
  CHECK(kernels[0].metapackages.size() == 2);
}

TEST_CASE("the newest Linux comes first, not the newest release") {
  const auto kernels = apt_kernels({
      version("linux-image-6.1.0-56-amd64", "6.1.170-1", "bookworm"),
      version("linux-image-6.12.9-amd64", "6.12.9-1~bpo12+1", "bookworm-backports"),
      version("linux-image-6.1.0-9-amd64", "6.1.27-1", "bookworm"),
  });
  REQUIRE(kernels.size() == 3);
  CHECK(kernels[0].release.text == "6.12.9-amd64");
  CHECK(kernels[1].release.text == "6.1.0-56-amd64");
  CHECK(kernels[2].release.text == "6.1.0-9-amd64");
}

TEST_CASE("the installed version of a package is the kernel that is there") {
  auto old = version("linux-image-6.1.0-56-amd64", "6.1.160-1", "");
  old.installed = true;
  old.candidate = false;
  const auto kernels = apt_kernels({version("linux-image-6.1.0-56-amd64", "6.1.170-1", "bookworm"), old});
  REQUIRE(kernels.size() == 1);
  CHECK(kernels[0].installed);
  CHECK(kernels[0].version == "6.1.160");
  CHECK(kernels[0].source == Source::installed);
}

TEST_CASE("an image is signed where a source package for that made it, and its name says nothing else") {
  auto unsigned_image = version("linux-image-unsigned-6.8.0-45-generic", "6.8.0-45.45", "noble");
  auto plain = version("linux-image-6.8.0-46-generic", "6.8.0-46.46", "noble");
  plain.source = "linux";
  for (const auto& kernel : apt_kernels({unsigned_image, plain})) CHECK_FALSE(kernel.is_signed);
}

}  // namespace
}  // namespace kerneltour::kernels
