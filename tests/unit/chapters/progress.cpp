#include "chapters/progress.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace kerneltour::chapters;

namespace {

/// A directory that is gone with the test.
struct Scratch {
  std::string path = "/tmp/kerneltour-unit-XXXXXX";
  Scratch() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Scratch() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("progress is what was recorded last, and other chapters keep theirs") {
  const Scratch scratch;
  const auto path = scratch.path + "/deep/er/progress.json";
  CHECK(read_progress(path).empty());
  record_progress(path, "16-a", {"second", false});
  record_progress(path, "17-b", {"", true});
  record_progress(path, "16-a", {"third", true});
  const auto progress = read_progress(path);
  REQUIRE(progress.size() == 2);
  CHECK(progress.at("16-a").next == "third");
  CHECK(progress.at("16-a").finished);
  CHECK(progress.at("17-b").finished);
}

TEST_CASE("a file that is none of ours is no progress, and is replaced") {
  const Scratch scratch;
  const auto path = scratch.path + "/progress.json";
  for (const auto* text :
       {"", "{", "[]", "{\"schema\":2}", "{\"schema\":1,\"chapters\":{\"x\":7}}", "\xff"}) {
    std::ofstream(path) << text;
    CHECK(read_progress(path).empty());
  }
  record_progress(path, "16-a", {"s", false});
  CHECK(read_progress(path).size() == 1);
}

TEST_CASE("many chapters record at once, and none is lost") {
  const Scratch scratch;
  const auto path = scratch.path + "/progress.json";
  for (int i = 0; i < 20; ++i) {
    if (fork() == 0) {
      record_progress(path, "chapter-" + std::to_string(i), {"s", false});
      _exit(0);
    }
  }
  while (wait(nullptr) > 0) {
  }
  CHECK(read_progress(path).size() == 20);
}

TEST_CASE("a place that cannot be written is an error, and leaves nothing there") {
  CHECK_THROWS(record_progress("/proc/kerneltour/progress.json", "16-a", {"s", false}));
}

TEST_CASE("the file's place is taken from absolute paths only") {
  setenv("HOME", "/home/ann", 1);
  setenv("XDG_STATE_HOME", "/state", 1);
  CHECK(progress_path(false) == "/state/kerneltour/progress.json");
  setenv("XDG_STATE_HOME", "relative", 1);
  CHECK(progress_path(false) == "/home/ann/.local/state/kerneltour/progress.json");
  setenv("HOME", "", 1);
  CHECK_FALSE(progress_path(false));
}
