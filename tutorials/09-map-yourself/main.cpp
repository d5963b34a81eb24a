// The maps of a user namespace: one line that makes us user 0 in it, what
// has to be denied before, who may write it, and that user 0 inside is us
// outside. user_namespaces(7), setgroups(2). Run it with: kerneltour run
// 9

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "lesson/leftovers.hpp"
#include "lesson/lesson.hpp"
#include "lesson/process.hpp"
#include "lesson/user_namespace.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"

namespace posix = kerneltour::posix;
using kerneltour::lesson::Channel;
using kerneltour::lesson::name_of;
using kerneltour::lesson::Process;
using kerneltour::lesson::run_program;
using kerneltour::lesson::Step;
using kerneltour::lesson::TemporaryDirectory;
using posix::Fd;

namespace {

/// open(2) and write(2) in one, for what comes after the first step. The
/// kernel wants a map whole, in one write(2).
long write_to(const std::string& path, std::string_view text) {
  const Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file ? write(file.get(), text.data(), text.size()) : -1;
}

/// "0 1000 1": 0 in here is our ID out there. To be asked before
/// unshare(2): afterwards we do not know our ID any more.
std::string zero_is(uid_t outside) {
  return fmt::format("0 {} 1", outside);
}

/// The owner of a file, as this process sees it.
uid_t owner_of(Step& step, std::string_view side,
               const std::string& path) {
  struct stat status {};
  step.works(stat(path.c_str(), &status), "stat(\"{}\")", path);
  step.note("{}, st_uid is {} ({}).", side, status.st_uid,
            name_of(status.st_uid));
  return status.st_uid;
}

void one_line(Step& step) {
  const auto line = zero_is(geteuid());
  step.note("We are user {} ({}).", getuid(), name_of(getuid()));
  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
  step.works(getuid(), "getuid()");

  const Fd map(open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC));
  step.works(map.get(), "open(\"/proc/self/uid_map\", O_WRONLY)");
  const auto written = write(map.get(), line.data(), line.size());
  step.works(written, "write({}, \"{}\", {})", map.get(), line,
             line.size());

  step.works(getuid(), "getuid()");
  step.expect(getuid() == 0, "we are user 0 of this namespace",
              name_of(getuid()));
  step.output("id", run_program({"/usr/bin/id"}).output);
  const auto ran =
      run_program({"/usr/bin/grep", "CapEff", "/proc/self/status"});
  step.output("grep CapEff /proc/self/status", ran.output);
  step.expect(ran.output.find("0000000000000000") == std::string::npos,
              "a program that user 0 starts has capabilities");
}

// The same for the group, refused and then allowed.
void groups_first(Step& step) {
  const auto user = zero_is(geteuid());
  const auto group = zero_is(getegid());
  const auto may_set = posix::read_file(AT_FDCWD, "/proc/self/setgroups");
  if (!may_set.text.starts_with("allow"))
    step.skip("setgroups(2): a user namespace around us has denied it",
              "kerneltour run 9, outside of that namespace");
  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
  step.works(write_to("/proc/self/uid_map", user),
             "write(/proc/self/uid_map, \"{}\")", user);

  step.refused(EPERM, write_to("/proc/self/gid_map", group),
               "write(/proc/self/gid_map, \"{}\")", group);
  step.works(write_to("/proc/self/setgroups", "deny"),
             "write(/proc/self/setgroups, \"deny\")");
  step.works(write_to("/proc/self/gid_map", group),
             "write(/proc/self/gid_map, \"{}\")", group);

  step.works(getgid(), "getgid()");
  step.expect(getgid() == 0, "we have group 0 of this namespace");
  step.refused(EPERM, setgroups(0, nullptr), "setgroups(0, NULL)");
}

// Lines with more in them than ourselves.
void only_yourself(Step& step) {
  const uid_t us = geteuid();
  const auto neighbour = zero_is(us + 1);
  const auto both = fmt::format("0 {} 2", us);
  const auto twice = fmt::format("0 {0} 1\n1 {0} 1\n", us);
  const auto alone = fmt::format("4321 {} 1", us);
  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");

  step.refused(EPERM, write_to("/proc/self/uid_map", neighbour),
               "write(/proc/self/uid_map, \"{}\")", neighbour);
  step.refused(EPERM, write_to("/proc/self/uid_map", both),
               "write(/proc/self/uid_map, \"{}\")", both);
  step.refused(EINVAL, write_to("/proc/self/uid_map", twice),
               "write(/proc/self/uid_map, \"0 {0} 1, 1 {0} 1\")", us);

  step.works(write_to("/proc/self/uid_map", alone),
             "write(/proc/self/uid_map, \"{}\")", alone);
  step.works(getuid(), "getuid()");
  step.expect(getuid() == 4321, "the number inside is ours to choose");
}

void once(Step& step) {
  const auto line = zero_is(geteuid());
  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
  step.works(write_to("/proc/self/uid_map", line),
             "write(/proc/self/uid_map, \"{}\")", line);

  step.refused(EPERM, write_to("/proc/self/uid_map", line),
               "write(/proc/self/uid_map, \"{}\")", line);
  const auto ran = run_program({"/usr/bin/cat", "/proc/self/uid_map"});
  step.output("cat /proc/self/uid_map", ran.output);
  step.expect(getuid() == 0, "the first map stays");
}

// A process waits for its map. One from another namespace of ours tries
// to write it, and then we do, who stayed outside.
void who_may_write(Step& step) {
  const auto line = zero_is(geteuid());
  Process waiting([&](Channel& outside) {
    step.note("A process waits for its map.");
    step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
    outside.say("without a map");
    outside.hear();
    step.works(getuid(), "getuid()");
    step.expect(getuid() == 0, "it has the map that we wrote");
    outside.say("done");
  });
  waiting.hear();
  const auto map = fmt::format("/proc/{}/uid_map", waiting.pid());

  Process neighbour([&](Channel& outside) {
    step.note("Its neighbour tries to write it.");
    step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
    step.refused(EPERM, write_to(map, line), "write({}, \"{}\")", map,
                 line);
    outside.say("tried");
  });
  neighbour.hear();

  step.note("We write it from outside.");
  step.works(write_to(map, line), "write({}, \"{}\")", map, line);
  waiting.say("mapped");
  waiting.hear();
}

// One file made inside and one made outside, seen from both sides.
void one_file(Step& step) {
  const TemporaryDirectory directory;
  const auto made_outside = directory.path() + "/outside";
  const auto made_inside = directory.path() + "/inside";
  const auto line = zero_is(geteuid());
  const Fd file(open(made_outside.c_str(), O_CREAT | O_CLOEXEC, 0600));
  step.works(file.get(), "open(\"{}\", O_CREAT, 0600)", made_outside);
  const uid_t system = owner_of(step, "Outside", "/etc/passwd");

  Process inside([&](Channel& outside) {
    step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
    step.works(write_to("/proc/self/uid_map", line),
               "write(/proc/self/uid_map, \"{}\")", line);
    const Fd ours(open(made_inside.c_str(), O_CREAT | O_CLOEXEC, 0600));
    step.works(ours.get(), "open(\"{}\", O_CREAT, 0600)", made_inside);
    step.expect(owner_of(step, "Inside", made_inside) == 0,
                "inside, it is root's");
    step.expect(owner_of(step, "Inside", made_outside) == 0,
                "and so is the file that was made outside");
    owner_of(step, "Inside", "/etc/passwd");
    outside.say("made");
    outside.hear();
  });
  inside.hear();
  step.expect(owner_of(step, "Outside", made_inside) == getuid(),
              "outside, it is ours", name_of(getuid()));
  if (system == getuid())
    step.note("/etc/passwd is root's inside, because you are root.");
}

void what_you_know(Step& step) {
  const auto root =
      run_program({"/usr/bin/unshare", "--map-root-user", "/usr/bin/id"});
  step.output("unshare --map-root-user id", root.output);
  step.expect(root.status == 0 && root.output.starts_with("uid=0("),
              "unshare(1) writes the same maps");
  const auto ourselves = run_program(
      {"/usr/bin/unshare", "--map-current-user", "/usr/bin/id"});
  step.output("unshare --map-current-user id", ourselves.output);
  const auto own = fmt::format("uid={}(", getuid());
  step.expect(ourselves.status == 0 && ourselves.output.starts_with(own),
              "or one in which we keep our number", name_of(getuid()));
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"one-line", one_line},           {"groups-first", groups_first},
      {"only-yourself", only_yourself}, {"once", once},
      {"who-may-write", who_may_write}, {"one-file", one_file},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
