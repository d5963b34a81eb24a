#include "host/installed_kernels.hpp"

#include <doctest/doctest.h>

#include <string_view>

#include "host/host.hpp"
#include "support/tree.hpp"

using namespace kerneltour::host;
using kerneltour::tests::Tree;

namespace {

bool older(std::string_view a, std::string_view b) {
  return is_older(parse_kernel_release(a).value(), parse_kernel_release(b).value());
}

}  // namespace

TEST_CASE("kernels are compared by their numbers and not as text") {
  CHECK(older("6.1.0-9-amd64", "6.1.0-10-amd64"));
  CHECK_FALSE(older("6.1.0-10-amd64", "6.1.0-9-amd64"));
  CHECK(older("5.15.0-100-generic", "6.8.0-45-generic"));
  CHECK(older("6.9.1", "6.10"));
  CHECK_FALSE(older("6.1.0-9-amd64", "6.1.0-9-amd64"));
}

TEST_CASE("a release candidate is older than its release") {
  CHECK(older("6.17.0-061700rc6-generic", "6.17.0-061700-generic"));
  CHECK(older("6.6.0-rc2", "6.6.0-rc10"));
  CHECK_FALSE(older("6.6.0", "6.6.0-rc7"));
}

TEST_CASE("the newest image in /boot is the newest kernel, whatever lies beside it") {
  Tree tree;
  tree.file("/boot/vmlinuz-6.1.0-9-amd64", "").file("/boot/vmlinuz-6.1.0-10-amd64", "");
  tree.file("/boot/vmlinuz-6.1.0-11-amd64.dpkg-tmp", "")
      .file("/boot/vmlinuz.old", "")
      .file("/boot/vmlinuz-x", "");
  tree.directory("/lib/modules/6.5.0-0.deb12.4-amd64");
  const auto newest = newest_kernel(Host::at(tree.root()));
  REQUIRE(newest);
  CHECK(newest->release.text == "6.1.0-10-amd64");
  CHECK(newest->path == "/boot/vmlinuz-6.1.0-10-amd64");
}

TEST_CASE("without an image the newest directory of modules names the kernel") {
  Tree tree;
  tree.directory("/lib/modules/6.8.0-45-generic").directory("/lib/modules/6.8.0-100-generic");
  const auto newest = newest_kernel(Host::at(tree.root()));
  REQUIRE(newest);
  CHECK(newest->path == "/lib/modules/6.8.0-100-generic");
}

TEST_CASE("a root without kernels has no newest one") {
  Tree tree;
  CHECK_FALSE(newest_kernel(Host::at(tree.root())));
  tree.directory("/lib/modules/extra").file("/boot/vmlinuz-", "");
  CHECK_FALSE(newest_kernel(Host::at(tree.root())));
}
