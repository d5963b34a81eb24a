#include "lesson/control_group.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "posix/error.hpp"
#include "support/tree.hpp"

using namespace kerneltour::lesson;
using kerneltour::tests::Tree;

TEST_CASE("a number of a keyed file is found by its whole key") {
  Tree tree;
  {
    const ControlGroup group(tree.real("/group"));
    tree.file("/group/memory.events", "low 0\nhigh 17\nmax 319\noom 4\noom_kill 1\noom_group_kill");
    CHECK(group.number("memory.events", "high") == 17);
    CHECK(group.number("memory.events", "oom") == 4);
    CHECK(group.number("memory.events", "oom_kill") == 1);
    CHECK(group.number("memory.events", "oom_group_kill") == 0);
    CHECK(group.number("memory.events", "kill") == 0);
    CHECK_THROWS_AS(group.number("cpu.stat", "usage_usec"), kerneltour::posix::SystemError);
    std::filesystem::remove(tree.real("/group/memory.events"));
  }
  CHECK_FALSE(std::filesystem::exists(tree.real("/group")));
}
