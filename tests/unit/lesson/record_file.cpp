#include "lesson/record_file.hpp"

#include <doctest/doctest.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "posix/error.hpp"
#include "support/tree.hpp"

using namespace kerneltour::lesson;
using kerneltour::posix::SystemError;
using kerneltour::tests::Tree;
using Names = std::set<std::string>;
namespace fs = std::filesystem;

namespace {

Recording recording() {
  Recording recording("Chapter 02: CPU pressure", "Linux 6.1");
  recording.step_begins({"busy", "Busy", {}, {}, {}});
  Event event;
  event.kind = Event::Kind::sample;
  event.rows = {{"cpu some", 50, "%"}};
  recording.event(event);
  return recording;
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

Names names_in(const std::string& directory) {
  Names names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename().string());
  return names;
}

template <class Work>
int error_of(Work work) {
  try {
    work();
    return 0;
  } catch (const SystemError& error) {
    return error.error();
  }
}

/// While it lives, no file gets larger (setrlimit(2)).
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t size) : signal_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{size, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallFiles() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, signal_);
  }

 private:
  sighandler_t signal_;
  rlimit before_{};
};

}  // namespace

TEST_CASE("the ending of its name says what a file holds") {
  const Tree tree;
  RecordFile(tree.root() + "/run.csv").write(recording());
  RecordFile(tree.root() + "/run.svg").write(recording());
  CHECK(text_of(tree.root() + "/run.csv") == csv_of(recording()));
  CHECK(text_of(tree.root() + "/run.svg") == svg_of(recording()));
  CHECK(names_in(tree.root()) == Names{"run.csv", "run.svg"});
}

TEST_CASE("a name of another ending is wrong usage") {
  for (const auto* const name : {"run.txt", "csv", "run.csv/", "run.CSV", ""})
    CHECK_THROWS_AS(RecordFile{name}, std::invalid_argument);
}

TEST_CASE("trying the place of a record leaves nothing there") {
  const Tree tree;
  const RecordFile file(tree.root() + "/run.csv");
  CHECK(names_in(tree.root()).empty());
}

TEST_CASE("a place where no file can be made is refused before the run") {
  Tree tree;
  tree.file("/file", "");
  CHECK(error_of([&] { RecordFile(tree.root() + "/none/run.csv"); }) == ENOENT);
  CHECK(error_of([&] { RecordFile(tree.root() + "/file/run.csv"); }) == ENOTDIR);
  CHECK(error_of([&] { RecordFile(tree.root() + "/" + std::string(300, 'x') + ".csv"); }) == ENAMETOOLONG);
  CHECK(error_of([&] { RecordFile("/proc/run.csv"); }) != 0);
}

TEST_CASE("what has the name already is refused before the run, and be it a link to nowhere") {
  Tree tree;
  tree.file("/file.csv", "mine");
  tree.directory("/directory.csv");
  tree.link("/link.csv", "nowhere");
  for (const auto* const name : {"/file.csv", "/directory.csv", "/link.csv"})
    CHECK_THROWS_WITH_AS(RecordFile{tree.root() + name},
                         doctest::Contains("is there already, and stays as it is"), std::runtime_error);
  CHECK(text_of(tree.root() + "/file.csv") == "mine");
}

TEST_CASE("what takes the name during the run stays as it is") {
  Tree tree;
  const RecordFile file(tree.root() + "/run.csv");
  const RecordFile through_link(tree.root() + "/link.csv");
  tree.file("/run.csv", "mine");
  tree.link("/link.csv", "elsewhere");
  CHECK_THROWS_WITH(file.write(recording()), doctest::Contains("is there already"));
  CHECK_THROWS_WITH(through_link.write(recording()), doctest::Contains("is there already"));
  CHECK(text_of(tree.root() + "/run.csv") == "mine");
  CHECK(names_in(tree.root()) == Names{"run.csv", "link.csv"});
}

TEST_CASE("the file comes into the directory of before the run, whatever has its name later") {
  Tree tree;
  tree.directory("/here");
  tree.directory("/elsewhere");
  const RecordFile file(tree.root() + "/here/run.csv");
  fs::rename(tree.root() + "/here", tree.root() + "/moved");
  tree.link("/here", "elsewhere");
  file.write(recording());
  CHECK(names_in(tree.root() + "/moved") == Names{"run.csv"});
  CHECK(names_in(tree.root() + "/elsewhere").empty());
}

TEST_CASE("a file that cannot be written to its end is not made at all") {
  const Tree tree;
  const RecordFile file(tree.root() + "/run.svg");
  {
    const SmallFiles limit(100);
    CHECK(error_of([&] { file.write(recording()); }) == EFBIG);
  }
  CHECK(names_in(tree.root()).empty());
}

TEST_CASE("a record's mode is the umask's") {
  const Tree tree;
  const auto before = umask(027);
  RecordFile(tree.root() + "/run.csv").write(recording());
  umask(before);
  CHECK((fs::status(tree.root() + "/run.csv").permissions() & fs::perms::mask) == fs::perms(0640));
}
