// Many IDs for one user: a range from /etc/subuid, mapped into a user
// namespace by newuidmap and newgidmap. subuid(5), newuidmap(1),
// user_namespaces(7). Run it with: kerneltour run 10

#include <endian.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lesson/lesson.hpp"
#include "lesson/process.hpp"
#include "lesson/user_namespace.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

namespace posix = kerneltour::posix;
using kerneltour::lesson::Channel;
using kerneltour::lesson::name_of;
using kerneltour::lesson::Process;
using kerneltour::lesson::Ran;
using kerneltour::lesson::run_program;
using kerneltour::lesson::Side;
using kerneltour::lesson::Step;
using kerneltour::lesson::subordinate_range;
using posix::Fd;

namespace {

constexpr std::uint32_t many = 65536;
constexpr uid_t users_inside[] = {0, 33, 1000};

/// What a reader would type, without the folder, and what it printed.
Ran type(Step& step, const std::string& line) {
  std::vector<std::string> command;
  for (const auto word : posix::words(line)) command.emplace_back(word);
  command[0] = "/usr/bin/" + command[0];
  Ran ran = run_program(command);
  step.output(line, ran.output);
  return ran;
}

/// The map of a process: "0 100000 65536"; empty where it has none.
std::string map_of(pid_t process) {
  const auto path = fmt::format("/proc/{}/uid_map", process);
  const auto file = posix::read_file(AT_FDCWD, path.c_str());
  return fmt::format("{}", fmt::join(posix::words(file.text), " "));
}

/// Gives a process that waits in its namespace the first 65,536 IDs of
/// each of our ranges, as 0 to 65535.
void map_range(Step& step, pid_t inside) {
  const auto users = subordinate_range(step, Side::users, many).start;
  const auto groups = subordinate_range(step, Side::groups, many).start;
  const auto u = type(
      step, fmt::format("newuidmap {} 0 {} {}", inside, users, many));
  const auto g = type(
      step, fmt::format("newgidmap {} 0 {} {}", inside, groups, many));
  step.expect(u.status == 0 && g.status == 0, "both maps are written",
              fmt::format("exit status {} and {}", u.status, g.status));
}

// Our range, and what we can do with it by ourselves.
void by_yourself(Step& step) {
  const auto range = subordinate_range(step, Side::users, many);
  const auto name = name_of(getuid());
  type(step, "getsubids " + name);
  type(step, "getsubids -g " + name);

  const auto line = fmt::format("0 {} {}", range.start, many);
  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
  const Fd map(open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC));
  step.works(map.get(), "open(\"/proc/self/uid_map\", O_WRONLY)");
  step.refused(EPERM, write(map.get(), line.data(), line.size()),
               "write({}, \"{}\")", map.get(), line);
}

// A process goes into a namespace, and newuidmap writes its map.
void the_range(Step& step) {
  Process inside([&](Channel& outside) {
    step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
    outside.say("without a map");
    outside.hear();
    step.works(getuid(), "getuid()");
    step.works(setgid(0), "setgid(0)");
    step.works(setuid(0), "setuid(0)");
    step.works(getuid(), "getuid()");
    step.works(seteuid(many - 1), "seteuid({})", many - 1);
    step.works(seteuid(0), "seteuid(0)");
    step.refused(EINVAL, seteuid(many), "seteuid({})", many);
    outside.say("done");
    outside.hear();
  });
  inside.hear();
  map_range(step, inside.pid());
  type(step, fmt::format("cat /proc/{}/uid_map", inside.pid()));
  inside.say("mapped");
  inside.hear();

  const auto start = subordinate_range(step, Side::users, many).start;
  const auto seen =
      type(step, fmt::format("grep Uid: /proc/{}/status", inside.pid()));
  const auto words = posix::words(seen.output);
  step.expect(words.size() > 1 && words[1] == std::to_string(start),
              "outside, its user 0 is the first one of our range");
}

// Three users of the namespace make a file each, on a tmpfs of its own:
// it goes when the namespace goes.
void three_users(Step& step) {
  Process inside([&](Channel& outside) {
    step.works(unshare(CLONE_NEWUSER | CLONE_NEWNS),
               "unshare(CLONE_NEWUSER|CLONE_NEWNS)");
    outside.say("without a map");
    outside.hear();
    const char* options = "mode=1777,size=1m,uid=0,gid=0";
    step.works(mount("kerneltour", "/tmp", "tmpfs", 0, options),
               "mount(/tmp, tmpfs, \"{}\")", options);
    for (const uid_t id : users_inside) {
      Process user([&](Channel& maker) {
        const auto path = fmt::format("/tmp/of-{}", id);
        step.works(setgid(id), "setgid({})", id);
        step.works(setuid(id), "setuid({})", id);
        const Fd file(open(path.c_str(), O_CREAT | O_CLOEXEC, 0600));
        step.works(file.get(), "open(\"{}\", O_CREAT, 0600)", path);
        maker.say("made");
      });
      user.hear();
    }
    type(step, "ls -ln /tmp");
    outside.say("made");
    outside.hear();
  });
  inside.hear();
  map_range(step, inside.pid());
  inside.say("mapped");
  inside.hear();

  const auto seen = fmt::format("/proc/{}/root/tmp", inside.pid());
  type(step, "ls -ln " + seen);
  const auto users = subordinate_range(step, Side::users, many).start;
  for (const uid_t id : users_inside) {
    struct stat status {};
    const auto path = fmt::format("{}/of-{}", seen, id);
    step.works(stat(path.c_str(), &status), "stat(\"{}\")", path);
    step.expect(
        status.st_uid == users + id,
        fmt::format("{} inside is {} + {} outside", id, users, id),
        std::to_string(status.st_uid));
  }
}

// The users of the host themselves, root first.
void not_yours(Step& step) {
  subordinate_range(step, Side::users, many);
  Process inside([&](Channel& outside) {
    step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
    outside.say("without a map");
    outside.hear();
  });
  inside.hear();
  const auto ran =
      type(step, fmt::format("newuidmap {} 0 0 {}", inside.pid(), many));
  step.expect(ran.status != 0, "newuidmap refuses it, as expected",
              fmt::format("exit status {}", ran.status));
  step.expect(map_of(inside.pid()).empty(), "the map is still empty");
}

// What newuidmap has that we have not, and what it does without it.
void the_privilege(Step& step) {
  const auto range = subordinate_range(step, Side::users, many);
  const char* program = "/usr/bin/newuidmap";
  struct stat status {};
  step.works(stat(program, &status), "stat(\"{}\")", program);
  const bool set_user_id =
      status.st_uid == 0 && (status.st_mode & S_ISUID) != 0;
  vfs_ns_cap_data capabilities{};
  const auto size = getxattr(program, "security.capability",
                             &capabilities, sizeof capabilities);
  const bool has_setuid =
      size > 0 &&
      (le32toh(capabilities.data[0].permitted) & (1U << CAP_SETUID)) != 0;
  step.note("Its mode is {:o}, its owner {}: {}.",
            status.st_mode & 07777U, status.st_uid,
            set_user_id ? "set-user-ID root" : "no set-user-ID bit");
  step.note("Its attribute security.capability: {}.",
            has_setuid ? "cap_setuid" : "none");
  step.expect(set_user_id || has_setuid || geteuid() == 0,
              "it can have CAP_SETUID, one way or the other");

  Process inside([&](Channel& outside) {
    step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
    outside.say("without a map");
    outside.hear();
  });
  inside.hear();
  step.works(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
             "prctl(PR_SET_NO_NEW_PRIVS, 1)");
  if (geteuid() == 0)  // who has it without help
    step.works(prctl(PR_CAPBSET_DROP, CAP_SETUID, 0, 0, 0),
               "prctl(PR_CAPBSET_DROP, CAP_SETUID)");
  const auto ran =
      type(step, fmt::format("newuidmap {} 0 {} {}", inside.pid(),
                             range.start, many));
  step.expect(ran.status != 0 && map_of(inside.pid()).empty(),
              "without the privilege it can write no map, as expected",
              fmt::format("exit status {}", ran.status));
}

// Ourselves as 0, and behind it the range: the map that most tools make.
void what_you_know(Step& step) {
  const auto range = subordinate_range(step, Side::users, many);
  Process inside([&](Channel& outside) {
    step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
    outside.say("without a map");
    outside.hear();
    step.works(getuid(), "getuid()");
    step.expect(getuid() == 0, "we are user 0, and have 65,535 more");
    outside.say("done");
  });
  inside.hear();
  const auto ran =
      type(step, fmt::format("newuidmap {} 0 {} 1 1 {} {}", inside.pid(),
                             getuid(), range.start, many - 1));
  step.expect(ran.status == 0, "a map of two lines",
              map_of(inside.pid()));
  inside.say("mapped");
  inside.hear();
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"by-yourself", by_yourself},     {"the-range", the_range},
      {"three-users", three_users},     {"not-yours", not_yours},
      {"the-privilege", the_privilege}, {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
