// A container of an ordinary user's: six namespaces, a root file system,
// a first process. namespaces(7), pid_namespaces(7), mount_namespaces(7),
// pivot_root(2). Run it with: kerneltour run 13

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "lesson/lesson.hpp"
#include "lesson/process.hpp"
#include "lesson/user_namespace.hpp"

namespace fs = std::filesystem;
using kerneltour::lesson::enter_as_root;
using kerneltour::lesson::Process;
using kerneltour::lesson::run_program;
using kerneltour::lesson::Step;

namespace {

constexpr int all_but_user = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS |
                             CLONE_NEWIPC | CLONE_NEWNET;

/// After unshare(CLONE_NEWPID) the next process that is forked is PID 1
/// in there. It does `work`, and we wait for its end.
void as_first_process(Step& step, const std::function<void()>& work) {
  Process first([&](auto&) {
    try {
      work();
    } catch (const std::exception& error) {
      step.expect(false, "the first process does its work", error.what());
    }
  });
  first.wait();
}

/// What is mounted from here on stays in our mount namespace.
void keep_mounts(Step& step) {
  step.works(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr),
             "mount(\"/\", MS_REC|MS_PRIVATE)");
}

void mount_proc(Step& step, const char* where) {
  const int answer = mount("proc", where, "proc", 0, nullptr);
  if (answer != 0 && errno == EPERM)
    step.skip(
        "a /proc that may be mounted: a container hides parts of it",
        "kerneltour run 13, outside of that container");
  step.works(answer, "mount(proc, \"{}\")", where);
}

/// A tmpfs over /tmp with the host's /usr in it, and our directory then.
void build_root(Step& step) {
  keep_mounts(step);
  step.works(mount("kerneltour-tiny", "/tmp", "tmpfs", 0, "mode=755"),
             "mount(tmpfs, \"/tmp\")");
  step.works(chdir("/tmp"), "chdir(\"/tmp\")");
  for (const auto* name : {"usr", "proc", "dev"})
    fs::create_directory(name);
  for (const std::string name : {"bin", "sbin", "lib", "lib64"})
    fs::create_symlink("usr/" + name, name);

  step.works(mount("/usr", "usr", nullptr, MS_BIND | MS_REC, nullptr),
             "mount(\"/usr\", \"usr\", MS_BIND|MS_REC)");
  struct statvfs usr {};
  statvfs("usr", &usr);  // what the host forbids has to stay forbidden
  const auto kept = usr.f_flag & (ST_NOSUID | ST_NODEV | ST_NOEXEC);
  const auto flags = MS_REMOUNT | MS_BIND | MS_RDONLY | kept;
  step.works(mount(nullptr, "usr", nullptr, flags, nullptr),
             "mount(\"usr\", MS_REMOUNT|MS_BIND|MS_RDONLY)");
}

/// Each node that programs expect is bound over an empty file.
void bind_devices(Step& step) {
  for (const std::string node : {"dev/null", "dev/zero", "dev/urandom"}) {
    const std::ofstream empty(node);
    step.works(mount(("/" + node).data(), node.data(), "", MS_BIND, ""),
               "mount(\"/{0}\", \"{0}\", MS_BIND)", node);
  }
}

/// All of it, by the first process.
void build_container(Step& step) {
  build_root(step);
  mount_proc(step, "proc");
  bind_devices(step);
  step.works(syscall(SYS_pivot_root, ".", "."), "pivot_root(., .)");
  step.works(umount2(".", MNT_DETACH), "umount2(., MNT_DETACH)");
  step.works(sethostname("tiny", 4), "sethostname(\"tiny\", 4)");
}

void six_namespaces(Step& step) {
  const std::string kinds[] = {"user", "mnt", "uts", "ipc", "net"};
  const auto mine = [](const std::string& kind) {
    return fs::read_symlink("/proc/self/ns/" + kind).string();
  };
  std::vector<std::string> before;
  for (const auto& kind : kinds) before.push_back(mine(kind));
  const auto pid = mine("pid");
  if (geteuid() != 0)
    step.refused(EPERM, unshare(all_but_user), "unshare(all_but_user)");

  enter_as_root(step, all_but_user);
  for (std::size_t i = 0; i < before.size(); ++i)
    step.expect(mine(kinds[i]) != before[i], kinds[i] + " is a new one",
                before[i] + ", now " + mine(kinds[i]));
  step.expect(mine("pid") == pid, "pid is the old one", pid);
}

void first_process(Step& step) {
  enter_as_root(step, all_but_user);
  as_first_process(step, [&] {
    step.expect(getpid() == 1, "our first child is PID 1");
    const auto self = [] { return fs::read_symlink("/proc/self"); };
    step.expect(self() != "1", "the host's /proc has another number",
                "/proc/self is " + self().string());
    keep_mounts(step);
    mount_proc(step, "/proc");
    step.expect(self() == "1", "a /proc of our own says PID 1",
                "/proc/self is " + self().string());
  });
}

void new_root(Step& step) {
  enter_as_root(step, all_but_user);
  build_root(step);
  step.works(syscall(SYS_pivot_root, ".", "."), "pivot_root(., .)");
  step.works(umount2(".", MNT_DETACH), "umount2(., MNT_DETACH)");
  step.refused(ENOENT, open("/etc/shadow", O_RDONLY),
               "open(\"/etc/shadow\")");
  step.refused(EROFS, mkdir("/usr/mine", 0755), "mkdir(\"/usr/mine\")");
  step.works(mkdir("/mine", 0755), "mkdir(\"/mine\")");
}

void devices(Step& step) {
  enter_as_root(step, all_but_user);
  build_root(step);
  step.refused(EPERM, mknod("dev/null", S_IFCHR | 0666, makedev(1, 3)),
               "mknod(\"dev/null\", S_IFCHR, makedev(1, 3))");
  bind_devices(step);
  const kerneltour::posix::Fd null(
      open("dev/null", O_WRONLY | O_CLOEXEC));
  step.works(write(null.get(), "gone", 4), "write(dev/null, \"gone\")");
}

void orphans(Step& step) {
  enter_as_root(step, all_but_user);
  as_first_process(step, [&] {
    const pid_t parent = fork();
    if (parent == 0) {
      if (fork() > 0) _exit(0);
      while (getppid() != 1) usleep(1000);
      _exit(7);  // an orphan now, and the child of PID 1
    }
    step.works(waitpid(parent, nullptr, 0), "waitpid({})", parent);
    siginfo_t end{};
    step.works(waitid(P_ALL, 0, &end, WEXITED | WNOWAIT),
               "waitid(P_ALL, WEXITED|WNOWAIT)");
    const pid_t orphan = end.si_pid;
    step.expect(end.si_status == 7 && kill(orphan, 0) == 0,
                "its child ended as ours, and is still there");
    step.works(waitpid(orphan, nullptr, 0), "waitpid({})", orphan);
    step.refused(ESRCH, kill(orphan, 0), "kill({}, 0)", orphan);
  });
}

void ps_inside(Step& step) {
  if (!fs::exists("/usr/bin/ps"))
    step.skip("the program ps(1)", "sudo apt-get install procps");
  enter_as_root(step, all_but_user);
  as_first_process(step, [&] {
    build_container(step);
    const Process child([](auto& first) { first.hear(); });
    const auto [status, text] = run_program({"/usr/bin/ps", "-e"});
    step.output("ps -e", text);
    const auto lines = std::count(text.begin(), text.end(), '\n');
    step.expect(status == 0 && lines == 4, "a heading and three lines");
  });
}

void ends_clean(Step& step) {
  const auto has_our_mount = [](const std::string& process) {
    std::ifstream file("/proc/" + process + "/mountinfo");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return text.find(" kerneltour-tiny ") != std::string::npos;
  };
  Process container([&](auto& host) {
    enter_as_root(step, all_but_user);
    as_first_process(step, [&] {
      build_root(step);
      const Process child([](auto& parent) { parent.hear(); });
      host.say(fs::read_symlink("/proc/self").string());
      host.hear();
    });
  });
  const auto first = container.hear();
  step.expect(has_our_mount(first), "its /tmp is our tmpfs");
  step.expect(!has_our_mount("self"), "the host's mounts are without it");
  step.works(kill(std::stoi(first), SIGKILL), "kill({}, SIGKILL)", first);
  char none = 0;  // read(2) says 0 when nobody has the other end
  step.expect(read(container.channel().descriptor(), &none, 1) == 0,
              "no process of the container is left");
}

void what_you_know(Step& step) {
  enter_as_root(step, all_but_user);
  as_first_process(step, [&] {
    build_container(step);
    const std::string line = "uname -n; id -u; echo $PPID; ls /";
    const auto sh = run_program({"/bin/sh", "-c", line});
    step.output(line, sh.output);
    step.expect(sh.output.rfind("tiny\n0\n1\n", 0) == 0,
                "a shell on tiny, as user 0, started by PID 1");
  });
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"six-namespaces", six_namespaces},
      {"first-process", first_process},
      {"new-root", new_root},
      {"devices", devices},
      {"orphans", orphans},
      {"ps-inside", ps_inside},
      {"ends-clean", ends_clean},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
