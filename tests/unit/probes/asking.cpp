// What holds of all probes together: nothing of them is left, and none of them can hang.

#include <doctest/doctest.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <thread>

#include "probes/network_namespace.hpp"
#include "sandbox.hpp"
#include "support/deny_namespaces.hpp"

using namespace kerneltour::probes;
using namespace kerneltour::tests;
using namespace std::chrono_literals;
using Result = Outcome::Result;

namespace {

std::vector<Id> every_id() {
  std::vector<Id> ids;
  for (const Probe& probe : catalogue()) ids.push_back(probe.id);
  return ids;
}

Answers ask_everything() {
  Asking asking(every_id(), ordinary_user());
  return asking.collect();
}

/// How many processes are in this one's process group.
int group_members() {
  int members = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (getpgid(std::stoi(name)) == getpgid(0)) ++members;
  }
  return members;
}

std::string host_name() {
  char name[65] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

TEST_CASE("every probe that may be asked has an answer, and no other") {
  const Answers answers = ask_everything();
  for (const Probe& probe : catalogue()) {
    const Outcome& outcome = answers[probe.id];
    CAPTURE(outcome.says());
    CHECK(outcome.asked() == may_ask(probe, Caller::current(), ordinary_user()));
    if (outcome.asked()) CHECK_FALSE(outcome.call.empty());
  }
}

TEST_CASE("what is not wanted is not asked") {
  const Id wanted[] = {Id::so_reuseport};
  Asking asking(wanted, ordinary_user());
  const Answers answers = asking.collect();
  for (const Id id : every_id()) CHECK(answers[id].asked() == (id == Id::so_reuseport));
}

TEST_CASE("mounts, host name and settings are afterwards as before") {
  const std::string mounts = read_file("/proc/self/mountinfo");
  const std::string setting = read_file("/proc/sys/net/ipv4/tcp_migrate_req");
  const std::string name = host_name();
  ask_everything();
  CHECK(read_file("/proc/self/mountinfo") == mounts);
  CHECK(read_file("/proc/sys/net/ipv4/tcp_migrate_req") == setting);
  CHECK(host_name() == name);
}

TEST_CASE("no process is left: at once no child, and soon nothing of theirs") {
  CHECK(in_child([]() -> std::string {
          setpgid(0, 0);
          ask_everything();
          if (waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD) return "a child is left";
          // A trigger's file is closed by a process that outlives its probe: see psi.cpp.
          for (int tries = 0; tries < 2000; ++tries, std::this_thread::sleep_for(1ms))
            if (group_members() == 1) return "none";
          return std::to_string(group_members() - 1) + " are left";
        }) == "none");
}

TEST_CASE("no socket is left") {
  CHECK(in_child([]() -> std::string {
          LastCall last;
          // Where nobody else has sockets.
          if (!in_user_namespace() || !enter_network_namespace(last)) return last.outcome().says();
          const Id wanted[] = {Id::so_reuseport, Id::reuseport_bpf, Id::reuseport_migration};
          Asking asking(wanted, {geteuid(), getegid()});
          const Answers answers = asking.collect();
          for (const Id id : wanted)
            if (!answers[id].worked()) return answers[id].says();
          for (const char* file : {"/proc/self/net/tcp", "/proc/self/net/udp"}) {
            const std::string table = read_file(file);
            if (std::count(table.begin(), table.end(), '\n') != 1) return table;
          }
          return "none";
        }) == "none");
}

TEST_CASE("a probe that hangs has no answer in time") {
  TemporaryDirectory directory;
  const std::string fifo = directory.path() + "/fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = ask_where(
      [&] {
        return with_own_mounts() && mount(fifo.c_str(), "/proc/pressure/cpu", nullptr, MS_BIND, nullptr) == 0;
      },
      Id::psi_read, 100ms);
  CAPTURE(outcome.says());
  CHECK(outcome.result == Result::timed_out);
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("a probe that a security policy kills has died") {
  const Outcome outcome =
      ask_where([] { return deny_user_namespaces(SECCOMP_RET_KILL_PROCESS); }, Id::user_namespace);
  CHECK(outcome.result == Result::died);
}

TEST_CASE("a probe has none of the caller's open files") {
  const int file = open("/dev/null", O_RDONLY);
  REQUIRE(file >= 3);
  TemporaryDirectory directory;
  const std::string fifo = directory.path() + "/fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(in_child([&]() -> std::string {
          if (!with_own_mounts() || mount(fifo.c_str(), "/proc/pressure/cpu", nullptr, MS_BIND, nullptr) != 0)
            return "not prepared";
          // The probe hangs in open(2) of the FIFO, and can be looked at meanwhile.
          const Id reading[] = {Id::psi_read};
          Asking asking(reading, {geteuid(), getegid()});
          std::this_thread::sleep_for(100ms);
          const std::string self = std::to_string(getpid());
          const std::string child = read_file("/proc/self/task/" + self + "/children");
          std::string extra;
          const std::string files = "/proc/" + child.substr(0, child.find(' ')) + "/fd";
          for (const auto& entry : std::filesystem::directory_iterator(files)) {
            const std::string target = std::filesystem::read_symlink(entry.path());
            if (std::stoi(entry.path().filename()) >= 3 && !target.starts_with("pipe:")) extra += target;
          }
          return extra;
        }).empty());
  close(file);
}
