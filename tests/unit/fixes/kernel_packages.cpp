#include "fixes/kernel_packages.hpp"

#include <doctest/doctest.h>

#include "fixes/half_done_packages.hpp"

namespace kerneltour::fixes {
namespace {

TEST_CASE("what a kernel brought is kept as text, and read back") {
  const Addition kernel{"6.12.9-amd64", {{"linux-image-6.12.9-amd64", "6.12.9-1"}, {"linux-base", "4.9"}}};
  CHECK(parse_addition(to_text(kernel)) == kernel);
}

TEST_CASE("text of somebody else's is refused") {
  for (const char* text : {"", "{}", "[]", R"({"schema": 2, "purpose": "6.1", "packages": []})",
                           R"({"schema": 1, "purpose": "6.1", "packages": [{"name": "x"}]})"})
    CHECK_THROWS_WITH_AS(parse_addition(text), doctest::Contains("which packages it brought"),
                         std::runtime_error);
}

TEST_CASE("only packages that were not there before come with a kernel") {
  using Action = apt::Step::Action;
  apt::Step image{Action::install, "linux-image-6.12.9-amd64", "amd64", "", "6.12.9-1"};
  apt::Step base{Action::upgrade, "linux-base", "all", "4.8", "4.9"};
  const auto change = kernel_change("/mnt", "6.12.9-amd64", {image, base});
  CHECK(change.summary == "Linux 6.12.9-amd64 is installed: 1 package");
  CHECK(change.edits.at(0).path == "/mnt/var/lib/kerneltour/kernels/6.12.9-amd64.json");
  CHECK(addition_of(change).packages ==
        std::vector<AddedPackage>{{"linux-image-6.12.9-amd64", "6.12.9-1"}});
}

TEST_CASE("dpkg-query's lines say how far dpkg has come with a package") {
  const auto states = parse_package_states(
      "linux-image-1 installed ok\nlinux-image-2 half-configured ok\nlinux-image-3 half-installed reinstreq\n"
      "linux-image-4 not-installed ok\ndpkg-query: no packages found matching linux-image-5\n");
  REQUIRE(states.size() == 3);
  CHECK(states[0].is_complete());
  CHECK_FALSE(states[1].is_complete());
  CHECK(states[2] == PackageState{"linux-image-3", "half-installed", true});
}

}  // namespace
}  // namespace kerneltour::fixes
