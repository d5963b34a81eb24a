#include "fixes/grant_commands.hpp"

#include <doctest/doctest.h>

#include "support/debian.hpp"

using namespace kerneltour;
using namespace kerneltour::fixes;
using kerneltour::test::debian_12;
using kerneltour::test::debian_with_ranges;

namespace {

/// The commands of a grant, a line each.
std::string typed(const host::Facts& facts, const Grant& grant = {"ann", 1000, {}, {}}) {
  std::string text;
  for (const auto& command : commands_of(plan_grant(facts, grant), grant, facts)) text += command + "\n";
  return text;
}

}  // namespace

TEST_CASE("usermod adds the same free range on both sides") {
  CHECK(typed(debian_with_ranges("bob:100000:65536\n", "carol:165536:65536\n")) ==
        "usermod --add-subuids 231072-296607 --add-subgids 231072-296607 ann\n");
}

TEST_CASE("usermod takes a bad range of the user's away") {
  CHECK(typed(debian_with_ranges("ann:100000:65536\nbob:165535:65536\n", "ann:100000:65536\n")) ==
        "usermod --del-subuids 100000-165535 --add-subuids 231071-296606 ann\n");
}

TEST_CASE("a side that has a range already is left alone") {
  CHECK(typed(debian_with_ranges("ann:100000:65536\n", "")) == "usermod --add-subgids 100000-165535 ann\n");
  CHECK(typed(debian_12()).empty());
}

TEST_CASE("a bad range under the user's number is taken away as a line, which usermod cannot") {
  CHECK(typed(debian_with_ranges("1000:500:65536\n", "ann:100000:65536\n")) ==
        "sed -i '/^1000:500:65536$/d' /etc/subuid\nusermod --add-subuids 100000-165535 ann\n");
}

TEST_CASE("where a bad line under the number is all there is to do, usermod is not needed") {
  CHECK(typed(debian_with_ranges("ann:100000:65536\n1000:500:10000\n", "ann:100000:65536\n")) ==
        "sed -i '/^1000:500:10000$/d' /etc/subuid\n");
}

TEST_CASE("files that do not exist are made first") {
  auto facts = debian_12();
  facts.subuid.file = {};
  CHECK(typed(facts) == "touch /etc/subuid\nusermod --add-subuids 100000-165535 ann\n");
  facts.subgid.file = {};
  CHECK(typed(facts) ==
        "touch /etc/subuid\ntouch /etc/subgid\n"
        "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann\n");
}

TEST_CASE("a user whom /etc/passwd has not gets lines, since usermod would refuse") {
  CHECK(typed(debian_with_ranges("a.b:500:65536\n", ""), {"a.b", 70000, {}, {}}) ==
        "sed -i '/^a\\.b:500:65536$/d' /etc/subuid\n"
        "printf '%s\\n' a.b:100000:65536 >> /etc/subuid\n"
        "printf '%s\\n' a.b:100000:65536 >> /etc/subgid\n");
}

TEST_CASE("a name is one word to the shell and stands for itself to sed, whatever is in it") {
  CHECK(typed(debian_with_ranges("a$(id)*/:500:65536\n", "a$(id)*/:100000:65536\n"),
              {"a$(id)*/", 70000, {}, {}}) ==
        "sed -i '/^a\\$(id)\\*\\/:500:65536$/d' /etc/subuid\n"
        "printf '%s\\n' 'a$(id)*/:100000:65536' >> /etc/subuid\n");
  auto facts = debian_with_ranges("", "");
  facts.users.push_back({"a$(id)", 1001, 1001});
  CHECK(typed(facts, {"a$(id)", 1001, {}, {}}) ==
        "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 'a$(id)'\n");
}
