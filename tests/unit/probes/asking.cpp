// What holds of all probes together: nothing of them is left, and none of them can hang.

#include <doctest/doctest.h>
#include <linux/seccomp.h>
#include <sys/resource.h>
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

/// Has the kernel kill this process and its children where they make the system call (seccomp(2)).
bool kill_at(std::uint32_t call) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(code)), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
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

TEST_CASE("a probe that hangs takes no other's answer away, be it asked before or after") {
  const auto makes_migration_hang = [] {  // in open(2) of a FIFO that nobody reads
    const std::string directory = "/proc/sys/net/ipv4";
    return with_own_mounts() && mount("tmpfs", "/proc/sys", "tmpfs", 0, nullptr) == 0 &&
           std::filesystem::create_directories(directory) &&
           mkfifo((directory + "/tcp_migrate_req").c_str(), 0600) == 0;
  };
  CHECK(in_child([&]() -> std::string {
          if (!makes_migration_hang()) return "not prepared";
          const Id wanted[] = {Id::so_reuseport, Id::network_namespace_root, Id::reuseport_migration,
                               Id::root_directory};
          Asking asking(wanted, {geteuid(), getegid()}, 300ms);
          const Answers answers = asking.collect();
          for (const Id id : {Id::so_reuseport, Id::network_namespace_root, Id::root_directory})
            if (!answers[id].worked()) return answers[id].says();
          return answers[Id::reuseport_migration].says();
        }) == "no answer in time");
}

TEST_CASE("a probe that dies takes no other's answer away, be it asked before or after") {
  CHECK(in_child([&]() -> std::string {
          if (!kill_at(SYS_mount_setattr)) return "not prepared";
          const Id wanted[] = {Id::psi_read, Id::idmapped_mount_call, Id::so_reuseport, Id::reuseport_bpf};
          Asking asking(wanted, {geteuid(), getegid()}, 10s);
          const Answers answers = asking.collect();
          for (const Id id : {Id::psi_read, Id::so_reuseport, Id::reuseport_bpf})
            if (answers[id].call.empty()) return "lost: " + answers[id].says();
          return answers[Id::idmapped_mount_call].says();
        }) == "ended without an answer");
}

TEST_CASE("of two probes that die each has died") {
  CHECK(in_child([&]() -> std::string {
          if (!deny_user_namespaces(SECCOMP_RET_KILL_PROCESS)) return "not prepared";
          const Id wanted[] = {Id::user_namespace, Id::network_namespace};
          Asking asking(wanted, {geteuid(), getegid()}, 10s);
          const Answers answers = asking.collect();
          return answers[wanted[0]].says() + ", " + answers[wanted[1]].says();
        }) == "ended without an answer, ended without an answer");
}

TEST_CASE("where no process can be started, each probe says so") {
  CHECK(in_child([]() -> std::string {
          constexpr Identity lonely{64999, 64999};  // a user of no other process; root is under no limit
          const rlimit one{1, 1};
          LastCall last;
          if (geteuid() == 0 && !become(last, lonely)) return last.outcome().says();
          setrlimit(RLIMIT_NPROC, &one);
          const Id wanted[] = {Id::psi_read, Id::so_reuseport, Id::user_namespace};
          Asking asking(wanted, {geteuid(), getegid()});
          const Answers answers = asking.collect();
          for (const Id id : wanted)
            if (!answers[id].asked() || answers[id].worked() || answers[id].error != EAGAIN) return "wrong";
          return answers[Id::so_reuseport].says();
        }) == "not started: fork() = -1 EAGAIN");
}

TEST_CASE("two probes share one network namespace, and the host is not in it") {
  CHECK(in_child([]() -> std::string {
          if (!in_user_namespace()) return "not prepared";
          // With one to make, a second would be ENOSPC.
          if (!write_file("/proc/sys/user/max_net_namespaces", "1")) return "no limit";
          const Id wanted[] = {Id::network_namespace_root, Id::reuseport_migration, Id::so_reuseport};
          Asking asking(wanted, {geteuid(), getegid()});
          const Answers answers = asking.collect();
          for (const Id id : wanted)
            if (answers[id].call.starts_with("unshare")) return answers[id].says();
          return answers[Id::network_namespace_root].says();
        }) == "recv(udp 127.0.0.1), in the namespace worked");
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
