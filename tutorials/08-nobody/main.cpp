// A user namespace without a map: who one is in there, who owns the
// files, what fails, and what of it the host notices. unshare(2),
// user_namespaces(7), proc(5). Run it with: kerneltour run 8

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
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
#include "posix/text.hpp"

namespace posix = kerneltour::posix;
using kerneltour::lesson::Channel;
using kerneltour::lesson::name_of;
using kerneltour::lesson::Process;
using kerneltour::lesson::run_program;
using kerneltour::lesson::Step;
using kerneltour::lesson::TemporaryDirectory;
using posix::Fd;

namespace {

/// The user whose number the kernel shows for one that has none here.
uid_t overflow_user() {
  const auto file =
      posix::read_file(AT_FDCWD, "/proc/sys/kernel/overflowuid");
  return posix::parse_number<uid_t>(posix::trim(file.text))
      .value_or(65534);
}

/// What stands behind "Uid:" or "CapEff:" in a process's status
/// (proc(5)).
std::string status_line(std::string_view process, std::string_view key) {
  const auto path = fmt::format("/proc/{}/status", process);
  const auto file = posix::read_file(AT_FDCWD, path.c_str());
  std::string_view rest = file.text;
  while (!rest.empty()) {
    const auto line = posix::words(posix::take_line(rest));
    if (line.size() > 1 && line[0] == key) return std::string(line[1]);
  }
  return "no such line";
}

/// An empty file of ours, that only we may read and write.
Fd own_file(Step& step, const std::string& path) {
  Fd file(
      open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  step.works(file.get(), "open(\"{}\", O_RDWR|O_CREAT, 0600)", path);
  return file;
}

/// The owner of a file, as this process sees it.
uid_t owner_of(Step& step, const std::string& path) {
  struct stat status {};
  step.works(stat(path.c_str(), &status), "stat(\"{}\")", path);
  step.note("st_uid is {} ({}).", status.st_uid, name_of(status.st_uid));
  return status.st_uid;
}

void unshare_alone(Step& step) {
  step.works(getuid(), "getuid()");
  step.works(getgid(), "getgid()");
  step.note("So far we are {}.", name_of(getuid()));

  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");

  step.works(getuid(), "getuid()");
  step.works(getgid(), "getgid()");
  step.expect(getuid() == overflow_user(),
              "who we are has no number in the new namespace",
              fmt::format("{}, {}", getuid(), name_of(getuid())));
}

// A file of ours and one of the system's, before and after.
void every_file(Step& step) {
  const TemporaryDirectory directory;
  const auto ours = directory.path() + "/ours";
  const Fd file = own_file(step, ours);
  step.expect(owner_of(step, ours) == getuid(),
              "before, our file is our own", name_of(getuid()));
  owner_of(step, "/etc/passwd");

  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
  const uid_t owner = owner_of(step, ours);
  step.expect(owner == overflow_user(), "now it is nobody's");
  step.expect(owner_of(step, "/etc/passwd") == owner,
              "and so is the system's: the two look alike");
  const auto ran =
      run_program({"/usr/bin/ls", "-l", ours, "/etc/passwd"});
  step.output(fmt::format("ls -l {} /etc/passwd", ours), ran.output);
}

// What there is to translate with, and what takes its place.
void empty_map(Step& step) {
  const TemporaryDirectory directory;
  const auto ours = directory.path() + "/ours";
  own_file(step, ours);
  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");

  const Fd map(open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC));
  char text[128];
  const auto length = read(map.get(), text, sizeof text);
  step.works(length, "read(/proc/self/uid_map)");
  step.expect(length == 0, "the map of user IDs is empty");

  const auto ran =
      run_program({"/usr/bin/cat", "/proc/sys/kernel/overflowuid"});
  step.output("cat /proc/sys/kernel/overflowuid", ran.output);
  step.expect(posix::trim(ran.output) == std::to_string(getuid()),
              "getuid(2) answers with overflowuid");

  // The file is nobody's by its number, and its mode is 0600.
  owner_of(step, ours);
  const Fd again(open(ours.c_str(), O_RDWR | O_CLOEXEC));
  step.works(again.get(), "open(\"{}\", O_RDWR)", ours);
}

// Two calls that never fail on a host: be who you are, and give your file
// to who owns it.
void programs_fail(Step& step) {
  const TemporaryDirectory directory;
  const auto ours = directory.path() + "/ours";
  const Fd file = own_file(step, ours);
  step.works(setuid(getuid()), "setuid({})", getuid());
  step.works(fchown(file.get(), getuid(), getgid()), "fchown({}, {}, {})",
             file.get(), getuid(), getgid());

  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
  step.refused(EINVAL, setuid(getuid()), "setuid({})", getuid());
  step.refused(EINVAL, setuid(0), "setuid(0)");
  const int given = fchown(file.get(), getuid(), getgid());
  step.refused(EINVAL, given, "fchown({}, {}, {})", file.get(), getuid(),
               getgid());

  step.output("id", run_program({"/usr/bin/id"}).output);
  const auto owner = std::to_string(getuid());
  const auto ran = run_program({"/usr/bin/chown", owner, ours});
  step.output(fmt::format("chown {} {}", owner, ours), ran.output);
  step.expect(ran.status != 0, "chown(1) fails as the call does",
              fmt::format("exit status {}", ran.status));
}

// All capabilities, until the next execve(2).
void next_program(Step& step) {
  step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
  const auto here = status_line("self", "CapEff:");
  step.note("CapEff in /proc/self/status, read by this process: {}",
            here);
  step.expect(here.find_first_not_of('0') != std::string::npos,
              "unshare(2) gave us capabilities");

  const auto ran =
      run_program({"/usr/bin/grep", "CapEff", "/proc/self/status"});
  step.output("grep CapEff /proc/self/status", ran.output);
  const auto words = posix::words(ran.output);
  step.expect(words.size() == 2 && words[1].find_first_not_of('0') ==
                                       std::string_view::npos,
              "the program that we started has none of them");
}

// This process stays where it is, and looks at one that goes.
void from_outside(Step& step) {
  const TemporaryDirectory directory;
  const auto path = directory.path() + "/made-inside";
  Process inside([&](Channel& outside) {
    step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
    own_file(step, path);
    outside.say(status_line("self", "Uid:"));
    outside.hear();
  });
  const auto says = inside.hear();
  step.note("In there, /proc/self/status says: Uid {}", says);

  const auto pid = std::to_string(inside.pid());
  const auto seen = status_line(pid, "Uid:");
  step.note("Out here, /proc/{}/status says: Uid {}", pid, seen);
  step.expect(says == std::to_string(overflow_user()) &&
                  seen == std::to_string(getuid()),
              "for the host, the process is still ours",
              name_of(getuid()));
  step.expect(owner_of(step, path) == getuid(),
              "and so is the file that it made");
  step.works(kill(inside.pid(), SIGTERM), "kill({}, SIGTERM)", pid);
}

void what_you_know(Step& step) {
  step.output("id", run_program({"/usr/bin/id"}).output);
  const auto ran =
      run_program({"/usr/bin/unshare", "--user", "/usr/bin/id"});
  step.output("unshare --user id", ran.output);
  const auto nobody = fmt::format("uid={}", overflow_user());
  step.expect(ran.status == 0 && ran.output.starts_with(nobody),
              "unshare(1) makes the same call");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"unshare-alone", unshare_alone}, {"every-file", every_file},
      {"empty-map", empty_map},         {"programs-fail", programs_fail},
      {"next-program", next_program},   {"from-outside", from_outside},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
