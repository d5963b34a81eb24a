#include "posix/file_lock.hpp"

#include <doctest/doctest.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <vector>

#include "posix/error.hpp"
#include "support/tree.hpp"

using namespace kerneltour::posix;
using kerneltour::tests::Tree;
using namespace std::chrono_literals;

namespace {

void ignore(const std::string&) {}

/// Another process, which has the lock for so long from its construction on.
class Holder {
 public:
  Holder(const std::string& path, std::chrono::milliseconds length) {
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    const Fd reader(ready[0]);
    Fd writer(ready[1]);
    pid_ = fork();
    if (pid_ == 0) hold(path, length, ready[1]);
    writer.close();
    char byte = 0;
    REQUIRE(read(reader.get(), &byte, 1) == 1);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() { waitpid(pid_, nullptr, 0); }

  /// "process 412 (unit-posix)"
  std::string name() const { return "process " + std::to_string(pid_) + " (unit-posix)"; }

 private:
  [[noreturn]] static void hold(const std::string& path, std::chrono::milliseconds length, int ready) {
    try {
      const FileLock lock(path, 5s, ignore);
      if (write(ready, "!", 1) == 1) std::this_thread::sleep_for(length);
    } catch (...) {
    }
    _exit(0);
  }

  pid_t pid_ = -1;
};

/// Whether another process would get the lock.
bool is_free(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      const FileLock lock(path, 0s, ignore);
      _exit(0);
    } catch (...) {
      _exit(1);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0;
}

}  // namespace

TEST_CASE("a lock keeps other processes out for as long as it lives") {
  const Tree tree;
  const auto path = tree.real("/lock");
  {
    const FileLock lock(path, 0s, ignore);
    CHECK_FALSE(is_free(path));
  }
  CHECK(is_free(path));
}

TEST_CASE("the file of a lock is made where it is missing, for its owner alone") {
  const Tree tree;
  const FileLock lock(tree.real("/lock"), 0s, ignore);
  struct stat status {};
  REQUIRE(stat(tree.real("/lock").c_str(), &status) == 0);
  CHECK(status.st_mode == (S_IFREG | 0600));
}

TEST_CASE("a lock that does not come in time names who has it") {
  const Tree tree;
  const Holder holder(tree.real("/lock"), 300ms);
  try {
    const FileLock lock(tree.real("/lock"), 0s, ignore);
    FAIL("it was not locked");
  } catch (const SystemError& error) {
    CHECK(error.error() == EAGAIN);
    CHECK(std::string(error.what()) == "cannot lock " + tree.real("/lock") + ", which " + holder.name() +
                                           " has had for 0 seconds: Resource temporarily unavailable");
  }
}

TEST_CASE("a lock that others have for a moment is waited for in silence") {
  const Tree tree;
  const Holder holder(tree.real("/lock"), 200ms);
  std::vector<std::string> told;
  const FileLock lock(tree.real("/lock"), std::nullopt, [&](const auto& who) { told.push_back(who); });
  CHECK(told.empty());
  CHECK_FALSE(is_free(tree.real("/lock")));
}

TEST_CASE("after a second of waiting it is said once for whom") {
  const Tree tree;
  const Holder holder(tree.real("/lock"), 1300ms);
  std::vector<std::string> told;
  const FileLock lock(tree.real("/lock"), 5s, [&](const auto& who) { told.push_back(who); });
  CHECK(told == std::vector{holder.name()});
}

TEST_CASE("a lock is not looked for behind a symbolic link") {
  Tree tree;
  tree.file("/other", "").link("/lock", "other");
  try {
    const FileLock lock(tree.real("/lock"), 0s, ignore);
    FAIL("the link was followed");
  } catch (const SystemError& error) {
    CHECK(error.error() == ELOOP);
  }
}
