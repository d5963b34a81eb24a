#include "chapters/header.hpp"

#include <doctest/doctest.h>

using kerneltour::chapters::Chapter;
using kerneltour::chapters::HeaderError;
using kerneltour::chapters::parse_header;
using kerneltour::chapters::Privilege;

namespace {

std::string reason_for(std::string_view text) {
  const auto parsed = parse_header("02-cpu-pressure", text);
  const auto* error = std::get_if<HeaderError>(&parsed);
  return error ? error->reason : "it parses";
}

}  // namespace

TEST_CASE("a chapter's header gives its number, title, part, needs, wants and privilege") {
  const auto parsed = parse_header("06-lxc-under-load",
                                   "---\nnumber: 6\ntitle: A container: under load\npart: pressure\n"
                                   "needs: psi  lxc\nwants: cgroup2\nprivilege: root\n---\nnumber: 7\n");
  REQUIRE(std::holds_alternative<Chapter>(parsed));
  const auto& chapter = std::get<Chapter>(parsed);
  CHECK(chapter.id == "06-lxc-under-load");
  CHECK(chapter.number == 6);
  CHECK(chapter.title == "A container: under load");
  CHECK(chapter.part == "pressure");
  CHECK(chapter.needs == std::vector<std::string>{"psi", "lxc"});
  CHECK(chapter.wants == std::vector<std::string>{"cgroup2"});
  CHECK(chapter.privilege == Privilege::root);
}

TEST_CASE("what a chapter needs is split at tabs as at spaces") {
  const auto parsed = parse_header("06-lxc-under-load", "---\ntitle: x\nneeds: psi\tlxc\n---\n");
  REQUIRE(std::holds_alternative<Chapter>(parsed));
  CHECK(std::get<Chapter>(parsed).needs == std::vector<std::string>{"psi", "lxc"});
}

TEST_CASE("a header that cannot be used says in which line and why") {
  CHECK(reason_for("number: 2\n") == "line 1: a chapter begins with a line of ---");
  CHECK(reason_for("---\nnedes: psi\n---\n") == "line 2: 'nedes' is no key of a chapter's header");
  CHECK(reason_for("---\ntitle: x\nnumber: two\n---\n") == "line 3: 'two' is no number of a chapter");
  CHECK(reason_for("---\ntitle: x\nnumber: 99999999999\n---\n") ==
        "line 3: '99999999999' is no number of a chapter");
  CHECK(reason_for("---\ntitle: x\nprivilege: admin\n---\n") == "line 3: 'admin' is neither user nor root");
  CHECK(reason_for("---\ntitle: x\nwords\n---\n") == "line 3: no KEY: VALUE");
  CHECK(reason_for("---\nnumber: 2\n---\n") == "the header has no title");
  CHECK(reason_for("---\ntitle: x\n") == "the header has no second line of ---");
  CHECK(reason_for("") == "line 1: a chapter begins with a line of ---");
}
