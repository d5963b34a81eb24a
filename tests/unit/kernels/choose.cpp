#include "kernels/choose.hpp"

#include <doctest/doctest.h>

namespace kerneltour::kernels {
namespace {

Kernel kernel(const std::string& release, const std::string& version, Source source = Source::apt) {
  Kernel made;
  made.release = host::parse_kernel_release(release).value();
  made.version = version;
  made.source = source;
  made.package = source == Source::mainline ? "" : "linux-image-" + release;
  made.origin = "bookworm";
  made.is_signed = source == Source::apt;
  return made;
}

Kernel brought(const std::string& release, const std::string& version, const std::string& metapackage) {
  auto made = kernel(release, version);
  made.metapackages = {metapackage};
  made.is_candidate = true;
  return made;
}

/// Newest first, as the list is.
std::vector<Kernel> of_a_debian() {
  auto backport = kernel("6.12.9-amd64", "6.12.9");
  backport.origin = "bookworm-backports";
  return {kernel("6.17.8", "6.17.8", Source::mainline), backport,
          brought("6.1.0-56-amd64", "6.1.170", "linux-image-amd64"),
          brought("6.1.0-56-cloud-amd64", "6.1.170", "linux-image-cloud-amd64")};
}

std::string chosen(const std::vector<Kernel>& kernels, const Need& need) {
  const auto choice = choose(kernels, need);
  return choice ? choice->kernel.release.text : "none";
}

TEST_CASE("without a name, the signed one that APT would take comes first, with what brings updates") {
  const auto choice = choose(of_a_debian(), {.named = "", .at_least = {4, 20, 0}, .flavour = "amd64"});
  REQUIRE(choice);
  CHECK(choice->kernel.release.text == "6.1.0-56-amd64");
  CHECK(choice->metapackage == "linux-image-amd64");
  CHECK(choice->reason.find("bookworm") != std::string::npos);
}

TEST_CASE("the running kernel's flavour counts, as far as there is one") {
  CHECK(chosen(of_a_debian(), {"", {4, 20, 0}, "cloud-amd64"}) == "6.1.0-56-cloud-amd64");
  CHECK(chosen(of_a_debian(), {"", {4, 20, 0}, "rt-amd64"}) == "6.1.0-56-amd64");
}

TEST_CASE("what is asked for may be in backports, or in the mainline archive alone") {
  CHECK(chosen(of_a_debian(), {"", {6, 5, 0}, "amd64"}) == "6.12.9-amd64");
  CHECK(chosen(of_a_debian(), {"", {6, 15, 0}, "amd64"}) == "6.17.8");
  CHECK(chosen(of_a_debian(), {"", {7, 0, 0}, "amd64"}) == "none");
}

TEST_CASE("a candidate of Linux is taken by its name alone") {
  const std::vector<Kernel> kernels = {kernel("6.18.0-rc1", "6.18-rc1", Source::mainline)};
  CHECK(chosen(kernels, {}) == "none");
  CHECK(chosen(kernels, {"6.18-rc1", {4, 20, 0}, ""}) == "6.18.0-rc1");
}

TEST_CASE("a kernel is named by its release, version, package, or what brings it") {
  const auto kernels = of_a_debian();
  CHECK(chosen(kernels, {"6.12.9-amd64", {}, ""}) == "6.12.9-amd64");
  CHECK(chosen(kernels, {"v6.17.8", {}, ""}) == "6.17.8");
  CHECK(chosen(kernels, {"linux-image-6.1.0-56-amd64", {}, ""}) == "6.1.0-56-amd64");
  const auto choice = choose(kernels, {"linux-image-cloud-amd64", {}, ""});
  REQUIRE(choice);
  CHECK(choice->metapackage == "linux-image-cloud-amd64");
  CHECK(chosen(kernels, {"vmlinuz", {}, ""}) == "none");
}

TEST_CASE("where a version names several, the installed one and the signed one come first") {
  auto plain = kernel("6.1.0-56-rt-amd64", "6.1.170");
  plain.is_signed = false;
  auto here = kernel("6.1.0-56-cloud-amd64", "6.1.170");
  here.installed = true;
  CHECK(chosen({plain, kernel("6.1.0-56-amd64", "6.1.170")}, {"6.1.170", {}, ""}) == "6.1.0-56-amd64");
  CHECK(chosen({kernel("6.1.0-56-amd64", "6.1.170"), here}, {"6.1.170", {}, ""}) == "6.1.0-56-cloud-amd64");
}

}  // namespace
}  // namespace kerneltour::kernels
