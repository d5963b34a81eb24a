#include "posix/atomic_file.hpp"

#include <doctest/doctest.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "posix/error.hpp"
#include "support/tree.hpp"

using namespace kerneltour::posix;
using kerneltour::tests::Tree;
using Names = std::set<std::string>;

namespace {

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

Names names_in(const std::string& directory) {
  Names names;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    names.insert(entry.path().filename().string());
  return names;
}

struct stat status_of(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status;
}

/// The errno with which it failed; 0 where it did not.
template <class Work>
int error_of(Work work) {
  try {
    work();
    return 0;
  } catch (const SystemError& error) {
    return error.error();
  }
}

/// No file of this process grows past a size, as on a full disk.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t size) : signal_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{size, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;
  ~SmallFiles() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, signal_);
  }

 private:
  sighandler_t signal_;
  rlimit before_;
};

}  // namespace

TEST_CASE("a file is replaced by another one: who has the old one open reads on in it") {
  Tree tree;
  tree.file("/name", "old");
  std::ifstream reader(tree.real("/name"));
  const auto before = status_of(tree.real("/name")).st_ino;
  replace_file(tree.real("/name"), "new\n", {.mode = 0640});
  CHECK(text_of(tree.real("/name")) == "new\n");
  CHECK((status_of(tree.real("/name")).st_mode & 07777) == 0640);
  CHECK(status_of(tree.real("/name")).st_ino != before);
  std::string word;
  reader >> word;
  CHECK(word == "old");
  CHECK(names_in(tree.root()) == Names{"name"});
}

TEST_CASE("the mode of a new file is the one that was said, whatever the umask") {
  Tree tree;
  const auto mask = umask(077);
  replace_file(tree.real("/name"), "", {.mode = 0644});
  umask(mask);
  CHECK((status_of(tree.real("/name")).st_mode & 07777) == 0644);
}

TEST_CASE("a new file belongs to whom it was said to") {
  if (geteuid() != 0) {
    MESSAGE("skipped: only root gives files away");
    return;
  }
  Tree tree;
  replace_file(tree.real("/name"), "", {.mode = 0600, .owner = 12, .group = 34});
  CHECK(status_of(tree.real("/name")).st_uid == 12);
  CHECK(status_of(tree.real("/name")).st_gid == 34);
  replace_file(tree.real("/group"), "", {.mode = 0600, .group = 34});
  CHECK(status_of(tree.real("/group")).st_uid == 0);
  CHECK(status_of(tree.real("/group")).st_gid == 34);
  replace_file(tree.real("/owner"), "", {.mode = 0600, .owner = 12});
  CHECK(status_of(tree.real("/owner")).st_uid == 12);
  CHECK(status_of(tree.real("/owner")).st_gid == getegid());
}

TEST_CASE("what is staged lies beside the file under a hidden name, and goes where it is not wanted") {
  Tree tree;
  tree.file("/name", "old");
  {
    const StagedFile staged(tree.real("/name"), "new", {});
    CHECK(text_of(tree.real("/name")) == "old");
    CHECK(names_in(tree.root()) == Names{"name", ".name.kerneltour-new"});
    CHECK(text_of(tree.real("/.name.kerneltour-new")) == "new");
  }
  CHECK(text_of(tree.real("/name")) == "old");
  CHECK(names_in(tree.root()) == Names{"name"});
}

TEST_CASE("a staged file that was moved takes its place once") {
  Tree tree;
  std::optional<StagedFile> second;
  {
    StagedFile first(tree.real("/name"), "new", {});
    second.emplace(std::move(first));
  }
  CHECK_FALSE(std::filesystem::exists(tree.real("/name")));
  second->commit();
  CHECK(text_of(tree.real("/name")) == "new");
  CHECK(names_in(tree.root()) == Names{"name"});
}

TEST_CASE("what a killed run left staged is written over, or taken away") {
  Tree tree;
  tree.file("/name", "old").file("/.name.kerneltour-new", "half of a file that was lo");
  replace_file(tree.real("/name"), "new", {});
  CHECK(text_of(tree.real("/name")) == "new");
  CHECK(names_in(tree.root()) == Names{"name"});
  tree.file("/.name.kerneltour-new", "half");
  remove_staged(tree.real("/name"));
  CHECK(names_in(tree.root()) == Names{"name"});
  remove_staged(tree.real("/name"));
}

TEST_CASE("a link in the place where a file is staged is not followed") {
  Tree tree;
  tree.file("/secret", "kept").link("/.name.kerneltour-new", "secret");
  replace_file(tree.real("/name"), "new", {});
  CHECK(text_of(tree.real("/secret")) == "kept");
  CHECK_FALSE(std::filesystem::is_symlink(tree.real("/name")));
}

TEST_CASE("a file that cannot be written leaves the old one and nothing else") {
  Tree tree;
  tree.file("/name", "old");
  const SmallFiles full(4096);
  CHECK(error_of([&] { replace_file(tree.real("/name"), std::string(5000, 'x'), {}); }) == EFBIG);
  CHECK(text_of(tree.real("/name")) == "old");
  CHECK(names_in(tree.root()) == Names{"name"});
}

TEST_CASE("a place that cannot be taken is told, and nothing is left") {
  Tree tree;
  tree.directory("/name");
  CHECK(error_of([&] { replace_file(tree.real("/name"), "new", {}); }) == EISDIR);
  CHECK(names_in(tree.root()) == Names{"name"});
  CHECK_THROWS_WITH(
      replace_file(tree.real("/none/name"), "new", {}),
      ("cannot write beside " + tree.real("/none/name") + ": No such file or directory").c_str());
}

TEST_CASE("directories are made down to the last one, and those that are there stay") {
  Tree tree;
  tree.file("/a/file", "kept");
  make_directories(tree.real("/a/b/c"), 0700);
  make_directories(tree.real("/a/b/c"), 0755);
  CHECK(text_of(tree.real("/a/file")) == "kept");
  CHECK((status_of(tree.real("/a/b")).st_mode & 07777) == 0700);
  CHECK((status_of(tree.real("/a/b/c")).st_mode & 07777) == 0700);
  CHECK(error_of([&] { make_directories(tree.real("/a/file/b"), 0700); }) == ENOTDIR);
}

TEST_CASE("a file is removed, and one that is not there cannot be") {
  Tree tree;
  tree.file("/name", "old");
  remove_file(tree.real("/name"));
  CHECK(names_in(tree.root()).empty());
  CHECK(error_of([&] { remove_file(tree.real("/name")); }) == ENOENT);
}

TEST_CASE("a directory gets another name in the same one") {
  Tree tree;
  tree.file("/old/file", "kept");
  rename_within(tree.root(), "old", "new");
  CHECK(names_in(tree.root()) == Names{"new"});
  CHECK(text_of(tree.real("/new/file")) == "kept");
  CHECK(error_of([&] { rename_within(tree.root(), "old", "new"); }) == ENOENT);
}
