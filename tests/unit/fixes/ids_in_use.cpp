#include "fixes/ids_in_use.hpp"

#include <doctest/doctest.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "posix/fd.hpp"

using namespace kerneltour;
using kerneltour::fixes::process_with;

namespace {

/// IDs that nobody has on a host where tests run.
constexpr std::uint64_t unused = 4100000000;

/// A process that has done something, and waits to be killed.
class Process {
 public:
  explicit Process(const std::function<bool()>& become) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const posix::Fd reader(ends[0]);
    posix::Fd writer(ends[1]);
    pid_ = fork();
    if (pid_ == 0) {
      const char answer = become() ? 'y' : 'n';
      if (write(ends[1], &answer, 1) == 1) pause();
      _exit(0);
    }
    writer.close();
    char answer = 0;
    became_ = read(reader.get(), &answer, 1) == 1 && answer == 'y';
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  bool became() const { return became_; }
  std::string name() const { return "process " + std::to_string(pid_) + " (unit-fixes)"; }
  bool write_map(const std::string& file, const std::string& map) const {
    std::ofstream out("/proc/" + std::to_string(pid_) + "/" + file);
    return bool(out << map << std::flush);
  }

 private:
  pid_t pid_ = -1;
  bool became_ = false;
};

bool lacks_root() {
  if (geteuid() == 0) return false;
  MESSAGE("skipped: only root becomes other users");
  return true;
}

}  // namespace

TEST_CASE("the user who runs this has processes, and IDs of nobody have none") {
  CHECK(process_with({getuid(), 1}).find("process ") == 0);
  CHECK(process_with({unused, 1000}).empty());
}

TEST_CASE("a process has the IDs of its user, at the first and the last of a range") {
  if (lacks_root()) return;
  const Process process([] { return setresuid(unused, unused, unused) == 0; });
  REQUIRE(process.became());
  CHECK(process_with({unused, 10}) == process.name());
  CHECK(process_with({unused - 9, 10}) == process.name());
  CHECK(process_with({unused + 1, 10}).empty());
  CHECK(process_with({unused - 10, 10}).empty());
}

TEST_CASE("a process has the IDs of its group and of its supplementary groups") {
  if (lacks_root()) return;
  {
    const Process process([] { return setresgid(unused, unused, unused) == 0; });
    REQUIRE(process.became());
    CHECK(process_with({unused, 1}) == process.name());
  }
  const gid_t groups[] = {7, unused + 5};
  const Process process([&] { return setgroups(2, groups) == 0; });
  REQUIRE(process.became());
  CHECK(process_with({unused + 5, 1}) == process.name());
}

TEST_CASE("an account's own IDs are not a process's because of a range") {
  if (lacks_root()) return;
  const Process process([] { return setresuid(unused, unused, unused) == 0; });
  REQUIRE(process.became());
  CHECK(process_with({unused, 10}, {unused}).empty());
  CHECK(process_with({unused, 10}, {unused + 1}) == process.name());
}

TEST_CASE("a process whose user namespace maps IDs of the range has them, users or groups") {
  if (lacks_root()) return;
  for (const std::string map : {"uid_map", "gid_map"}) {
    CAPTURE(map);
    const Process process([] { return unshare(CLONE_NEWUSER) == 0; });
    if (!process.became() || !process.write_map(map, "0 " + std::to_string(unused + 100) + " 50\n")) {
      MESSAGE("skipped: no user namespace can be made here");
      return;
    }
    CHECK(process_with({unused, 101}) == process.name());
    CHECK(process_with({unused + 149, 1}) == process.name());
    CHECK(process_with({unused + 150, 10}).empty());
    CHECK(process_with({unused, 100}).empty());
  }
}

TEST_CASE("a user namespace of everything as it is takes no IDs from anybody") {
  if (lacks_root()) return;
  const Process process([] { return unshare(CLONE_NEWUSER) == 0; });
  if (!process.became() || !process.write_map("uid_map", "0 0 4294967295\n")) {
    MESSAGE("skipped: no user namespace can be made here");
    return;
  }
  CHECK(process_with({unused, 10}).empty());
}

TEST_CASE("a user namespace of one account alone takes no IDs from anybody, and one of more does") {
  if (lacks_root()) return;
  const Process alone([] { return unshare(CLONE_NEWUSER) == 0; });
  if (!alone.became() || !alone.write_map("uid_map", "0 " + std::to_string(unused) + " 1\n")) {
    MESSAGE("skipped: no user namespace can be made here");
    return;
  }
  CHECK(process_with({unused, 10}, {unused}).empty());
  CHECK(process_with({unused, 10}) == alone.name());
  const Process more([] { return unshare(CLONE_NEWUSER) == 0; });
  REQUIRE(more.write_map("uid_map", "0 " + std::to_string(unused) + " 2\n"));
  CHECK(process_with({unused, 10}, {unused}) == more.name());
}
