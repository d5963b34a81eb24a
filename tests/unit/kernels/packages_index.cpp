#include "kernels/packages_index.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "posix/program.hpp"
#include "support/tree.hpp"

using namespace kerneltour::kernels;
using kerneltour::posix::run_program;
using kerneltour::tests::Tree;

namespace {

const std::string name = "linux-image-unsigned-6.9.0-060900-generic_6.9.0-060900.202405122134_amd64.deb";
const std::string control =
    "Package: linux-image-unsigned-6.9.0-060900-generic\nVersion: 6.9.0-060900.202405122134\nArchitecture: "
    "amd64\n"
    "Maintainer: Nobody <nobody@example.org>\nDescription: a kernel\n with\n .\n lines\n";

std::string control_of(const std::string& deb) {
  return run_program({"/usr/bin/dpkg-deb", "-f", deb}).output;
}

}  // namespace

TEST_CASE("an index has the control fields of each package, its size and the sum that was signed") {
  Tree tree;
  tree.file("/root/DEBIAN/control", control);
  REQUIRE(run_program({"/usr/bin/dpkg-deb", "--root-owner-group", "-Znone", "-b", tree.real("/root"),
                       tree.real("/" + name)})
              .status == 0);
  const auto size = std::filesystem::file_size(tree.real("/" + name));
  const std::string sum(64, 'a');
  CHECK(packages_index({{"http://x/", tree.real("/" + name), "image", sum, 0}}, control_of) ==
        control + "Filename: ./" + name + "\nSize: " + std::to_string(size) + "\nSHA256: " + sum + "\n\n");
  CHECK(packages_index({}, control_of).empty());
}

TEST_CASE("a package that is gone, or of another name, is no part of an index") {
  Tree tree;
  const auto told = [](const std::string&) { return control; };
  CHECK_THROWS_WITH(packages_index({{"", tree.real("/" + name), "", "", 0}}, told),
                    ("cannot look at " + tree.real("/" + name) + ": No such file or directory").c_str());
  tree.file("/other_1_all.deb", "");
  CHECK_THROWS_WITH(packages_index({{"", tree.real("/other_1_all.deb"), "", "", 0}}, told),
                    ("the control file of " + tree.real("/other_1_all.deb") +
                     " is of another package than the file's name says")
                        .c_str());
}

TEST_CASE("a control file cannot say anything of the index") {
  CHECK(control_problem(control, name) == "");
  for (const auto* field : {"Filename", "size", "SHA256", "MD5sum", "SHA1", "sha512"}) {
    CAPTURE(field);
    CHECK(control_problem(control + field + ": x\n", name).find("which only an index has") !=
          std::string::npos);
  }
  const auto second = "has an empty line, behind which another package would begin";
  CHECK(control_problem(control + "\nPackage: bash\n", name) == second);
  CHECK(control_problem(control + " \t\nPackage: bash\n", name) == second);
  CHECK(control_problem("\n" + control, name) == second);
  CHECK(control_problem(control + "X: a\rFilename: b\n", name) == "has control characters in it");
  CHECK(control_problem(control + std::string("X: a\0b\n", 7), name) == "has control characters in it");
  CHECK(control_problem(control + "version: 1\n", name) == "has the field version twice");
  for (const auto* line : {"no colon", ": x", "-x: y", "a b: c", "#x: y"}) {
    CAPTURE(line);
    CHECK(control_problem(control + line + "\n", name) == "has a line that is no field");
  }
  CHECK(control_problem(" x\n" + control, name) == "begins with a line that goes on");
}

TEST_CASE("a control file is of the package that the file is named for") {
  const auto another = "is of another package than the file's name says";
  CHECK(control_problem("", name) == another);
  CHECK(control_problem(control, "linux_1_amd64.deb") == another);
  CHECK(control_problem(control, "x") == another);
  for (const auto* value : {"linux-image-unsigned-", "202405122134", "amd64"}) {
    auto changed = control;
    changed.replace(changed.find(value), 1, "x");
    CHECK(control_problem(changed, name) == another);
  }
}
