#include "kernels/mainline_build.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "host/kernel_release.hpp"

using namespace kerneltour::kernels;
using kerneltour::host::parse_kernel_release;

namespace {

const std::string sum(64, 'a');

/// CHECKSUMS of files: "PACKAGE VERSION ARCHITECTURE" each.
Checksums files(std::initializer_list<std::string> names) {
  Checksums sums;
  for (const auto& name : names) sums[name] = sum;
  return sums;
}

Checksums operator+(Checksums one, const Checksums& other) {
  one.insert(other.begin(), other.end());
  return one;
}

Checksums image(const std::string& kernel, const std::string& stamp,
                const std::string& architecture = "amd64") {
  return files(
      {fmt::format("linux-image-unsigned-{0}-generic_{0}.{1}_{2}.deb", kernel, stamp, architecture)});
}
Checksums modules(const std::string& kernel, const std::string& stamp,
                  const std::string& architecture = "amd64") {
  return files({fmt::format("linux-modules-{0}-generic_{0}.{1}_{2}.deb", kernel, stamp, architecture)});
}
Checksums headers(const std::string& kernel, const std::string& stamp) {
  return files({fmt::format("linux-headers-{0}-generic_{0}.{1}_amd64.deb", kernel, stamp),
                fmt::format("linux-headers-{0}_{0}.{1}_all.deb", kernel, stamp)});
}

ChosenBuild choose(const Checksums& sums, std::string_view version, std::string_view architecture = "amd64") {
  return choose_build(sums, parse_mainline_version(version).value(), architecture);
}

const std::string kernel = "6.17.8-061708", stamp = "202511132042", later = "202511140101";

}  // namespace

TEST_CASE("a build is the image, its modules and its headers, and says what uname will say") {
  const auto build =
      choose(image(kernel, stamp) + modules(kernel, stamp) + headers(kernel, stamp), "6.17.8").build;
  REQUIRE(build);
  CHECK(build->release == "6.17.8-061708-generic");
  CHECK(parse_kernel_release(build->release)->version == kerneltour::host::KernelVersion{6, 17, 8});
  CHECK(build->version == "6.17.8-061708.202511132042");
  CHECK(build->image ==
        MainlineFile{"linux-image-unsigned-6.17.8-061708-generic_6.17.8-061708.202511132042_amd64.deb",
                     "linux-image-unsigned-6.17.8-061708-generic", "6.17.8-061708.202511132042", "amd64",
                     sum});
  CHECK(build->modules->package == "linux-modules-6.17.8-061708-generic");
  REQUIRE(build->headers.size() == 2);
  CHECK(build->headers[0].architecture == "all");
  CHECK(build->headers[1].package == "linux-headers-6.17.8-061708-generic");
}

TEST_CASE("the ABI is read from the names, however it is made of the version") {
  for (const auto& pair : {std::pair("5.10.251", "5.10.251-0510251"), std::pair("6.17-rc6", "6.17.0-061700rc6"),
                           std::pair("4.20", "4.20.0-042000"), std::pair("4.14.120", "4.14.120-0414120")}) {
    const auto [version, name] = pair;
    INFO(pair.first);
    const auto build = choose(image(name, stamp) + modules(name, stamp), version).build;
    REQUIRE(build);
    CHECK(build->release == fmt::format("{}-generic", name));
    CHECK(build->headers.empty());
  }
}

TEST_CASE("headers come in a pair or not at all") {
  const auto whole = image(kernel, stamp) + modules(kernel, stamp);
  for (const auto& header : headers(kernel, stamp)) {
    INFO(header.first);
    CHECK(choose(whole + files({header.first}), "6.17.8").build->headers.empty());
  }
}

TEST_CASE("a build without its modules is not offered, and the reason says so") {
  const auto chosen = choose(image(kernel, stamp), "6.17.8");
  CHECK_FALSE(chosen.build);
  CHECK(chosen.reason ==
        "the build 6.17.8-061708.202511132042 of v6.17.8 for amd64 is not whole: it has no modules");
  CHECK(choose(modules(kernel, stamp), "6.17.8").reason ==
        "the build 6.17.8-061708.202511132042 of v6.17.8 for amd64 is not whole: it has no image");
}

TEST_CASE("what was not built for the architecture is not offered for it") {
  const auto sums = image(kernel, stamp) + modules(kernel, stamp) + headers(kernel, stamp);
  CHECK(choose(sums, "6.17.8", "riscv64").reason == "v6.17.8 was not built for riscv64");
  CHECK(choose(files({"linux-headers-6.17.8-061708_6.17.8-061708.202511132042_all.deb"}), "6.17.8").reason ==
        "v6.17.8 was not built for amd64");
}

TEST_CASE("of two builds the newer one is taken, of one that is not whole the older one") {
  const auto old = image(kernel, stamp) + modules(kernel, stamp);
  CHECK(choose(old + image(kernel, later) + modules(kernel, later), "6.17.8").build->version ==
        "6.17.8-061708.202511140101");
  CHECK(choose(old + image(kernel, later), "6.17.8").build->version == "6.17.8-061708.202511132042");
  // Of one build the image, of another one the modules: that is no build.
  const auto halves = choose(image(kernel, later) + modules(kernel, stamp), "6.17.8");
  CHECK_FALSE(halves.build);
  CHECK(halves.reason ==
        "the build 6.17.8-061708.202511140101 of v6.17.8 for amd64 is not whole: it has no modules");
}

TEST_CASE("in a folder of all architectures each has its own") {
  const auto sums = image("4.20.0-042000", stamp) + modules("4.20.0-042000", stamp) +
                    image("4.20.0-042000", stamp, "arm64") + modules("4.20.0-042000", stamp, "arm64") +
                    headers("4.20.0-042000", stamp) + files({"COMMIT", "BUILD.LOG.amd64"});
  CHECK(choose(sums, "4.20", "amd64").build->image.architecture == "amd64");
  CHECK(choose(sums, "4.20", "arm64").build->image.architecture == "arm64");
  CHECK(choose(sums, "4.20", "arm64").build->headers.empty());
}

TEST_CASE("before the modules had a package the image is enough") {
  const auto old = files({"linux-image-4.15.18-041518-generic_4.15.18-041518.201804190330_amd64.deb"});
  const auto build = choose(old, "4.15.18").build;
  REQUIRE(build);
  CHECK(build->release == "4.15.18-041518-generic");
  CHECK_FALSE(build->modules);
}

TEST_CASE("since then it is not, also where nobody signs images") {
  const auto armhf = files({"linux-image-5.6.0-050600-generic_5.6.0-050600.202003292333_armhf.deb"});
  CHECK_FALSE(choose(armhf, "5.6", "armhf").build);
  CHECK(choose(armhf + files({"linux-modules-5.6.0-050600-generic_5.6.0-050600.202003292333_armhf.deb"}),
               "5.6", "armhf")
            .build);
  // 4.14.120 is younger than 4.16.4: what was built beside it tells.
  const auto mixed = files({"linux-image-4.14.120-0414120-generic_4.14.120-0414120.201905161610_armhf.deb"});
  CHECK_FALSE(choose(mixed + modules("4.14.120-0414120", "201905161610"), "4.14.120", "armhf").build);
}

TEST_CASE("other flavours and other versions do not count") {
  CHECK_FALSE(choose(image("6.17.9-061709", stamp) + modules("6.17.9-061709", stamp), "6.17.8").build);
  CHECK_FALSE(choose(image("6.17.0-061700rc6", stamp) + modules("6.17.0-061700rc6", stamp), "6.17").build);
  CHECK_FALSE(choose(image("6.17.0-061700", stamp) + modules("6.17.0-061700", stamp), "6.17-rc6").build);
  const auto other =
      files({"linux-image-unsigned-6.17.8-061708-generic-64k_6.17.8-061708.202511132042_arm64.deb",
             "linux-modules-6.17.8-061708-generic-64k_6.17.8-061708.202511132042_arm64.deb",
             "linux-image-unsigned-6.17.8-061708-lowlatency_6.17.8-061708.202511132042_arm64.deb"});
  CHECK(choose(other, "6.17.8", "arm64").reason == "v6.17.8 was not built for arm64");
}

TEST_CASE("the name of a package's file has three parts") {
  CHECK(parse_deb_name("a_1_all.deb", sum) == MainlineFile{"a_1_all.deb", "a", "1", "all", sum});
  for (const auto* name : {"", ".deb", "a.deb", "a_1.deb", "a_1_all_x.deb", "_1_all.deb", "a__all.deb",
                           "a_1_.deb", "a_1_all.udeb", "a_1_all"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_deb_name(name, sum));
  }
}
