// A container's root gets out by a descriptor that was left open: who is
// it outside, with and without a user namespace? user_namespaces(7),
// openat(2), chroot(2). Run it with: kerneltour run 14

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <iterator>

#include "lesson/leftovers.hpp"
#include "lesson/lesson.hpp"
#include "lesson/process.hpp"
#include "lesson/user_namespace.hpp"
#include "posix/error.hpp"
#include "posix/text.hpp"

using kerneltour::lesson::Channel;
using kerneltour::lesson::enter_with_range;
using kerneltour::lesson::Process;
using kerneltour::lesson::Step;
using kerneltour::lesson::TemporaryDirectory;
using kerneltour::lesson::write_whole;
using kerneltour::posix::error_name;
using kerneltour::posix::Fd;
using kerneltour::posix::words;

namespace {

constexpr uid_t root = 0;
constexpr uid_t first = 100000;  // of the IDs that are for containers
constexpr unsigned many = 65536;

/// A container's maps, by what its root is on the host.
const std::string no_namespace;
const std::string own_ids = fmt::format("0 {} {}", first, many);
const std::string same_root = "0 0 1";

/// Root has a host. To an ordinary user a user namespace stands for one:
/// its root, ID 0, is the user, and its IDs from 100000 on are the user's
/// subordinate range. The files stay where they are.
void become_root_of_a_host(Step& step) {
  if (geteuid() == root) {
    step.note("We are root, and the host is this one.");
  } else {
    enter_with_range(step, first, many);
    step.note("This namespace stands for the host; we are its root.");
  }
}

/// A directory of the host's root, open, and in it a file for root alone.
class Decoy {
 public:
  explicit Decoy(Step& step) {
    step.works(chmod(home_.path().c_str(), 0755), "chmod({}, 0755)",
               home_.path());
    const Fd made(
        open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    step.works(made.get(), "open({}, O_CREAT, 0600)", path_);
    step.works(write(made.get(), "root's", 6), "write({}, \"root's\")",
               made.get());
  }
  const std::string& home() const { return home_.path(); }
  const char* path() const { return path_.c_str(); }
  /// What a container should never have got.
  int leaked() const { return directory_.get(); }
  std::string text() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  TemporaryDirectory home_;
  std::string path_ = home_.path() + "/root-only";
  Fd directory_{open(home_.path().c_str(), O_DIRECTORY | O_CLOEXEC)};
};

uid_t owner_of(Step& step, const std::string& path) {
  struct stat status {};
  step.works(stat(path.c_str(), &status), "stat({})", path);
  step.note("st_uid: {}", status.st_uid);
  return status.st_uid;
}

/// An empty tmpfs becomes "/", and the host's tree goes: chapter 13.
void change_root(Step& step) {
  step.works(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr),
             "mount(\"/\", MS_REC|MS_PRIVATE)");
  step.works(mount("tmpfs", "/tmp", "tmpfs", 0, "mode=755"),
             "mount(tmpfs, \"/tmp\")");
  step.works(chdir("/tmp"), "chdir(\"/tmp\")");
  step.works(syscall(SYS_pivot_root, ".", "."), "pivot_root(., .)");
  step.works(umount2(".", MNT_DETACH), "umount2(., MNT_DETACH)");
}

/// Starts a container that ends with `work`, and returns what that does.
std::string in_container(Step& step, const std::string& map,
                         const std::function<std::string()>& work) {
  Process container([&](Channel& host) {
    if (map.empty()) {
      step.works(unshare(CLONE_NEWNS), "unshare(CLONE_NEWNS)");
    } else {
      step.works(unshare(CLONE_NEWUSER | CLONE_NEWNS),
                 "unshare(CLONE_NEWUSER|CLONE_NEWNS)");
      host.say("it is there");
      host.hear();
      step.works(setresgid(0, 0, 0), "setresgid(0, 0, 0)");
      step.works(setresuid(0, 0, 0), "setresuid(0, 0, 0)");
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // a new user ID has cleared it
    }
    change_root(step);
    host.say(work());
  });
  if (!map.empty()) {
    container.hear();
    const auto process = fmt::format("/proc/{}/", container.pid());
    write_whole(step, process + "uid_map", map);
    write_whole(step, process + "gid_map", map);
    container.say("mapped");
  }
  return container.hear();
}

/// By a directory of the host's up to the host's "/", which is ours then.
void escape(Step& step, const Decoy& decoy) {
  step.works(fchdir(decoy.leaked()), "fchdir({})", decoy.leaked());
  step.works(chdir("../.."), "chdir(\"../..\")");
  step.works(chroot("."), "chroot(\".\")");
}

// Who stands for whom, and that the decoy is for root alone.
void the_host(Step& step) {
  become_root_of_a_host(step);
  const Decoy decoy(step);
  const uid_t owner = owner_of(step, decoy.path());
  step.expect(owner == root, "the file is root's, and its mode 600");
  Process other([&](Channel&) {
    const int changed = setresuid(first, first, first);
    if (changed != 0 && errno == EINVAL)
      step.skip(
          fmt::format("user ID {}: we are root in here only", first),
          "kerneltour run 14, outside of this container");
    step.works(changed, "setresuid({0}, {0}, {0})", first);
    step.refused(EACCES, open(decoy.path(), O_RDONLY | O_CLOEXEC),
                 "open({}, O_RDONLY)", decoy.path());
  });
  other.wait();
}

// A container without a user namespace: its root is the host's.
void real_root(Step& step) {
  become_root_of_a_host(step);
  const Decoy decoy(step);
  in_container(step, no_namespace, [&] {
    step.refused(ENOENT, open(decoy.path(), O_RDWR | O_CLOEXEC),
                 "open({}, O_RDWR)", decoy.path());
    step.works(fchdir(decoy.leaked()), "fchdir({})", decoy.leaked());
    step.works(chdir("../.."), "chdir(\"../..\")");
    step.works(chroot("."), "chroot(\".\")");
    const Fd file(open(decoy.path(), O_RDWR | O_CLOEXEC));
    step.works(file.get(), "open({}, O_RDWR)", decoy.path());
    char text[7] = {};
    step.works(read(file.get(), text, 6), "read({}, \"{}\")", file.get(),
               text);
    step.works(pwrite(file.get(), "theirs", 6, 0),
               "pwrite({}, \"theirs\", 0)", file.get());
    return "escaped";
  });
  step.expect(decoy.text() == "theirs", "the host's file was changed",
              decoy.text());
}

// The same container with a user namespace and IDs of its own.
void user_namespace(Step& step) {
  become_root_of_a_host(step);
  const Decoy decoy(step);
  in_container(step, own_ids, [&] {
    step.refused(ENOENT, open(decoy.path(), O_RDWR | O_CLOEXEC),
                 "open({}, O_RDWR)", decoy.path());
    escape(step, decoy);
    step.expect(geteuid() == 0, "it still takes itself for root");
    step.expect(owner_of(step, decoy.path()) != 0,
                "and root's file for somebody else's");
    step.refused(EACCES, open(decoy.path(), O_RDONLY | O_CLOEXEC),
                 "open({}, O_RDONLY)", decoy.path());
    step.refused(EACCES, open(decoy.path(), O_WRONLY | O_CLOEXEC),
                 "open({}, O_WRONLY)", decoy.path());
    step.refused(EPERM, chmod(decoy.path(), 0666), "chmod({}, 0666)",
                 decoy.path());
    return "escaped";
  });
  step.expect(decoy.text() == "root's", "the host's file is as it was",
              decoy.text());
}

/// What each attempt came to: "done" or the name of the error.
std::string attempts(const char* path) {
  const auto answer = [](bool done) {
    return done ? "done" : error_name(errno);
  };
  std::string all = answer(bool(Fd(open(path, O_RDONLY | O_CLOEXEC))));
  all += " " + answer(bool(Fd(open(path, O_WRONLY | O_CLOEXEC))));
  all += " " + answer(chmod(path, 0666) == 0);
  all += " " + answer(chown(path, 0, 0) == 0);
  return all + " " + answer(unlink(path) == 0);
}

// The same attempts by the root of both containers.
void side_by_side(Step& step) {
  become_root_of_a_host(step);
  const auto answers = [&](const std::string& map) {
    const Decoy decoy(step);
    return in_container(step, map, [&] {
      escape(step, decoy);
      return attempts(decoy.path());
    });
  };
  const auto without = answers(no_namespace);
  const auto with = answers(own_ids);
  const auto left = words(without);
  const auto right = words(with);
  constexpr const char* tried[] = {"read it", "write it",
                                   "change its mode", "change its owner",
                                   "remove it"};
  for (std::size_t i = 0; i < std::size(tried); ++i)
    step.expect(left[i] == "done" && right[i] != "done", tried[i],
                fmt::format("host's root: {}, own user namespace: {}",
                            left[i], right[i]));
}

// It may write where everybody may; the host sees who has written.
void who_it_is(Step& step) {
  become_root_of_a_host(step);
  const Decoy decoy(step);
  const auto place = decoy.home() + "/for-everybody";
  step.works(mkdir(place.c_str(), 0777), "mkdir({}, 0777)", place);
  step.works(chmod(place.c_str(), 0777), "chmod({}, 0777)", place);
  const auto file = place + "/trace";
  in_container(step, own_ids, [&] {
    escape(step, decoy);
    const Fd made(
        open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    step.works(made.get(), "open({}, O_CREAT, 0600)", file);
    step.expect(owner_of(step, file) == 0,
                "to the container it is root's");
    return "escaped";
  });
  step.expect(owner_of(step, file) == first, "to the host a stranger's");
}

// A user namespace whose map makes its root the host's root.
void mapped_to_root(Step& step) {
  become_root_of_a_host(step);
  const Decoy decoy(step);
  in_container(step, same_root, [&] {
    escape(step, decoy);
    const Fd file(open(decoy.path(), O_RDWR | O_CLOEXEC));
    step.works(file.get(), "open({}, O_RDWR)", decoy.path());
    step.works(write(file.get(), "theirs", 6), "write({}, \"theirs\")",
               file.get());
    return "escaped";
  });
  step.expect(decoy.text() == "theirs", "the host's file was changed",
              decoy.text());
}

// Where to look before there is an escape.
void what_you_know(Step& step) {
  become_root_of_a_host(step);
  const Decoy decoy(step);
  const auto map = in_container(step, own_ids, [&] {
    escape(step, decoy);
    std::string line;
    std::getline(std::ifstream("/proc/self/uid_map") >> std::ws, line);
    return line;
  });
  step.output("cat /proc/self/uid_map", map);
  const auto columns = words(map);
  step.expect(columns.size() == 3 && columns[1] == std::to_string(first),
              "its user 0 is not the host's");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"the-host", the_host},
      {"real-root", real_root},
      {"user-namespace", user_namespace},
      {"side-by-side", side_by_side},
      {"who-it-is", who_it_is},
      {"mapped-to-root", mapped_to_root},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
