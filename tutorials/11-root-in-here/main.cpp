// What root inside a user namespace may do, and what it may not: every
// call is made, and the kernel answers. user_namespaces(7),
// capabilities(7), libcap(3), ioctl_ns(2). Run it with: kerneltour run 11

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "lesson/leftovers.hpp"
#include "lesson/lesson.hpp"
#include "lesson/process.hpp"
#include "lesson/user_namespace.hpp"
#include "posix/fd.hpp"

using kerneltour::lesson::Channel;
using kerneltour::lesson::enter_as_root;
using kerneltour::lesson::enter_with_maps;
using kerneltour::lesson::Process;
using kerneltour::lesson::run_program;
using kerneltour::lesson::Side;
using kerneltour::lesson::Step;
using kerneltour::lesson::subordinate_range;
using kerneltour::lesson::TemporaryDirectory;
using kerneltour::lesson::write_whole;
using kerneltour::posix::Fd;

namespace {

struct CapFree {
  void operator()(void* memory) const { cap_free(memory); }
};
using Capabilities = std::unique_ptr<_cap_struct, CapFree>;

/// The capabilities of this process: cap_get_proc(3).
Capabilities own_capabilities() { return Capabilities(cap_get_proc()); }

/// "=ep" is every one of them, effective and permitted: cap_to_text(3).
std::string text_of(const Capabilities& capabilities) {
  const std::unique_ptr<char, CapFree> text(
      cap_to_text(capabilities.get(), nullptr));
  return text.get();
}

bool holds(const Capabilities& capabilities, cap_flag_t set,
           cap_value_t capability) {
  cap_flag_value_t held = CAP_CLEAR;
  cap_get_flag(capabilities.get(), capability, set, &held);
  return held == CAP_SET;
}

/// Prints how many capabilities each set of this process has. Returns the
/// number of the effective ones.
int show_sets(Step& step, std::string_view where) {
  const auto own = own_capabilities();
  int permitted = 0, effective = 0, inheritable = 0;
  int bounding = 0, ambient = 0;
  for (cap_value_t each = 0; each < cap_max_bits(); ++each) {
    permitted += holds(own, CAP_PERMITTED, each);
    effective += holds(own, CAP_EFFECTIVE, each);
    inheritable += holds(own, CAP_INHERITABLE, each);
    bounding += cap_get_bound(each) == 1;
    ambient += cap_get_ambient(each) == 1;
  }
  step.note(
      "{}: \"{}\". Permitted {}, effective {}, inheritable {}, "
      "bounding {}, ambient {}.",
      where, text_of(own), permitted, effective, inheritable, bounding,
      ambient);
  return effective;
}

/// The refusal is not for want of this capability.
void expect_held(Step& step, cap_value_t capability,
                 std::string_view name) {
  step.expect(holds(own_capabilities(), CAP_EFFECTIVE, capability),
              fmt::format("we hold {}", name));
}

void every_capability(Step& step) {
  show_sets(step, "Outside");
  enter_as_root(step);
  const int effective = show_sets(step, "Inside");
  step.expect(effective == cap_max_bits(),
              "inside we hold every capability that the kernel knows",
              fmt::format("{} of {}", effective, cap_max_bits()));
}

// Nobody's name changes, should a kernel agree to the first call: it is
// the name that the host has.
void host_name(Step& step) {
  enter_as_root(step);
  utsname host{};
  step.works(uname(&host), "uname(\"{}\")", host.nodename);
  const std::string name = host.nodename;
  expect_held(step, CAP_SYS_ADMIN, "CAP_SYS_ADMIN");
  const int renamed = sethostname(name.data(), name.size());
  step.refused(EPERM, renamed, "sethostname(\"{}\")", name);
  const Fd shared(open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC));
  const int its_owner = ioctl(shared.get(), NS_GET_USERNS);
  step.refused(EPERM, its_owner, "ioctl(ns/uts, NS_GET_USERNS)");

  step.works(unshare(CLONE_NEWUTS), "unshare(CLONE_NEWUTS)");
  const Fd own(open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC));
  const Fd owner(ioctl(own.get(), NS_GET_USERNS));
  step.works(owner.get(), "ioctl(ns/uts, NS_GET_USERNS)");
  struct stat owning {};
  struct stat ours {};
  step.works(fstat(owner.get(), &owning), "fstat({})", owner.get());
  step.works(stat("/proc/self/ns/user", &ours), "stat(ns/user)");
  step.expect(owning.st_ino == ours.st_ino,
              "the UTS namespace belongs to our user namespace",
              fmt::format("user:[{}]", owning.st_ino));
  step.works(sethostname("in-here", 7), "sethostname(\"in-here\")");
  utsname changed{};
  step.works(uname(&changed), "uname()");
  step.expect(changed.nodename == std::string("in-here"),
              "the name is set", changed.nodename);
}

/// Where a mount begins, the device changes: stat(2).
dev_t device_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_dev : 0;
}

void mount_tmpfs(Step& step) {
  const TemporaryDirectory directory;
  const auto& path = directory.path();
  const dev_t before = device_of(path);
  Process outside([&](Channel& inside) {
    inside.hear();
    inside.say(device_of(path) == before ? "as before" : "another one");
  });
  enter_as_root(step);
  const int early = mount("tmpfs", path.c_str(), "tmpfs", 0, nullptr);
  step.refused(EPERM, early, "mount(tmpfs, {})", path);

  step.works(unshare(CLONE_NEWNS), "unshare(CLONE_NEWNS)");
  const int late = mount("tmpfs", path.c_str(), "tmpfs", 0, nullptr);
  step.works(late, "mount(tmpfs, {})", path);
  step.expect(device_of(path) != before,
              "the directory is another file system in here");
  outside.say("look");
  const auto seen = outside.hear();
  step.expect(seen == "as before", "outside nothing is mounted there",
              seen);
  step.works(umount(path.c_str()), "umount({})", path);
}

/// Root and user 1 inside; outside they are us and the first of our
/// subordinate IDs (root needs none, and takes user 1).
void enter_with_two_users(Step& step) {
  const uid_t us = geteuid();
  const gid_t group = getegid();
  const uid_t other =
      us == 0 ? 1 : subordinate_range(step, Side::users, 1).start;
  enter_with_maps(step, {{0, us}, {1, other}}, {}, CLONE_NEWNS);
  write_whole(step, "/proc/self/setgroups", "deny");
  write_whole(step, "/proc/self/gid_map", fmt::format("0 {} 1", group));
}

/// Takes CAP_CHOWN out of the effective set, or puts it back.
void set_chown(Step& step, cap_flag_value_t value) {
  const auto own = own_capabilities();
  const cap_value_t capability = CAP_CHOWN;
  cap_set_flag(own.get(), CAP_EFFECTIVE, 1, &capability, value);
  step.works(cap_set_proc(own.get()), "cap_set_proc(\"{}\")",
             text_of(own));
}

void chown_in_the_map(Step& step) {
  const TemporaryDirectory directory;
  enter_with_two_users(step);
  const auto& path = directory.path();
  step.works(mount("tmpfs", path.c_str(), "tmpfs", 0, nullptr),
             "mount(tmpfs, {})", path);
  const auto name = path + "/file";
  const Fd file(open(name.c_str(), O_CREAT | O_CLOEXEC, 0600));
  step.works(file.get(), "open(\"{}\", O_CREAT, 0600)", name);
  const gid_t same = static_cast<gid_t>(-1);

  set_chown(step, CAP_CLEAR);
  const int without = fchown(file.get(), 1, same);
  step.refused(EPERM, without, "fchown({}, 1, -1)", file.get());

  set_chown(step, CAP_SET);
  const int with = fchown(file.get(), 1, same);
  step.works(with, "fchown({}, 1, -1)", file.get());
  struct stat status {};
  step.works(fstat(file.get(), &status), "fstat({})", file.get());
  step.expect(status.st_uid == 1, "the file belongs to user 1",
              fmt::format("st_uid is {}", status.st_uid));

  const int beyond = fchown(file.get(), 2, same);
  step.refused(EINVAL, beyond, "fchown({}, 2, -1)", file.get());
  step.works(umount2(path.c_str(), MNT_DETACH), "umount2({}, MNT_DETACH)",
             path);
}

/// A file of somebody whom our map will not have. An ordinary user finds
/// one on every host; root makes one and gives it away.
std::string foreign_file(Step& step, const std::string& directory) {
  if (geteuid() != 0) return "/etc/shadow";
  auto path = directory + "/foreign";
  const Fd file(open(path.c_str(), O_CREAT | O_CLOEXEC, 0600));
  step.works(file.get(), "open(\"{}\", O_CREAT, 0600)", path);
  const int given = fchown(file.get(), 1, 1);
  if (given != 0)
    step.skip("a second user: this root is alone in its user namespace",
              "kerneltour check subordinate-ids");
  step.works(given, "fchown({}, 1, 1)", file.get());
  return path;
}

// Neither call would change anything, should a kernel agree to it.
void outside_the_map(Step& step) {
  const TemporaryDirectory directory;
  const auto path = foreign_file(step, directory.path());
  struct stat status {};
  step.works(stat(path.c_str(), &status), "stat(\"{}\")", path);
  step.note("Outside, st_uid is {}.", status.st_uid);
  enter_as_root(step);
  step.works(stat(path.c_str(), &status), "stat(\"{}\")", path);
  step.note("Inside, st_uid is {}.", status.st_uid);

  expect_held(step, CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE");
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  step.refused(EACCES, file.get(), "open(\"{}\", O_RDONLY)", path);
  expect_held(step, CAP_FOWNER, "CAP_FOWNER");
  const auto mode = status.st_mode & 07777;
  const int changed = chmod(path.c_str(), mode);
  step.refused(EPERM, changed, "chmod(\"{}\", {:#o})", path, mode);
  expect_held(step, CAP_CHOWN, "CAP_CHOWN");
  const int given = chown(path.c_str(), status.st_uid, status.st_gid);
  step.refused(EINVAL, given, "chown(\"{}\", {}, {})", path,
               status.st_uid, status.st_gid);
}

// The clock is set to the time that it shows.
void one_clock(Step& step) {
  enter_as_root(step);
  expect_held(step, CAP_SYS_TIME, "CAP_SYS_TIME");
  timespec now{};
  step.works(clock_gettime(CLOCK_REALTIME, &now),
             "clock_gettime(CLOCK_REALTIME)");
  const int answer = clock_settime(CLOCK_REALTIME, &now);
  step.refused(EPERM, answer, "clock_settime(CLOCK_REALTIME, {})",
               now.tv_sec);
}

// A module without a byte of code.
void no_module(Step& step) {
  enter_as_root(step);
  expect_held(step, CAP_SYS_MODULE, "CAP_SYS_MODULE");
  const long answer = syscall(SYS_init_module, nullptr, 0, "");
  const bool without_modules = answer < 0 && errno == ENOSYS;
  step.refused(without_modules ? ENOSYS : EPERM, answer,
               "init_module(NULL, 0, \"\")");
  if (without_modules)
    step.note("This kernel was built without modules.");
}

void what_you_know(Step& step) {
  enter_as_root(step);
  const auto ran =
      run_program({"/usr/bin/grep", "^Cap", "/proc/self/status"});
  step.output("grep ^Cap /proc/self/status", ran.output);
  const auto effective = ran.output.find("CapEff:");
  step.expect(
      effective != std::string::npos &&
          ran.output.compare(effective + 8, 16, "0000000000000000"),
      "a program that we start has them, too");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"every-capability", every_capability},
      {"host-name", host_name},
      {"mount-tmpfs", mount_tmpfs},
      {"chown-in-the-map", chown_in_the_map},
      {"outside-the-map", outside_the_map},
      {"one-clock", one_clock},
      {"no-module", no_module},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
