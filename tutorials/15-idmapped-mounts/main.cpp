// One tree of files, owned by different users through different mounts:
// ID-mapped mounts, since Linux 5.12. mount_setattr(2), open_tree(2),
// move_mount(2). Run it with: kerneltour run 15

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>

#include "lesson/leftovers.hpp"
#include "lesson/lesson.hpp"
#include "lesson/process.hpp"
#include "lesson/user_namespace.hpp"

namespace fs = std::filesystem;
using kerneltour::lesson::Channel;
using kerneltour::lesson::Process;
using kerneltour::lesson::Step;
using kerneltour::lesson::TemporaryDirectory;
using kerneltour::lesson::write_whole;
using kerneltour::posix::Fd;
using Clock = std::chrono::steady_clock;

namespace {

constexpr uid_t first = 100000;   // of one container's IDs
constexpr uid_t second = 200000;  // and of another one's
constexpr uid_t www_data = 33;
constexpr int pages = 100;

struct stat status_of(const std::string& path) {
  struct stat status {};
  lstat(path.c_str(), &status);
  return status;
}

/// An image as a distribution makes it: root's files, those of another
/// system user, and a program with the set-user-ID bit. Beside it are
/// places for mounts.
struct Image {
  explicit Image(Step& step) {
    fs::permissions(home.path(), fs::perms(0755));
    for (const auto& directory : {path, path + "/www", one, two}) {
      fs::create_directory(directory);
      fs::permissions(directory, fs::perms(0755));
    }
    const std::ofstream program(su);
    fs::permissions(su, fs::perms(04755));
    for (int number = 0; number < pages; ++number) {
      const auto page = fmt::format("{}/www/{}", path, number);
      const std::ofstream text(page);
      if (chown(page.c_str(), www_data, www_data) != 0)
        step.works(-1, "chown({}, {})", page, www_data);
    }
  }
  const TemporaryDirectory home;
  const std::string path = home.path() + "/image";
  const std::string su = path + "/su";
  const std::string one = home.path() + "/one";
  const std::string two = home.path() + "/two";
};

/// A mount of ours; it goes with this object.
class Mounted {
 public:
  explicit Mounted(std::string place) : place_(std::move(place)) {}
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  ~Mounted() { umount2(place_.c_str(), MNT_DETACH); }

 private:
  std::string place_;
};

/// What we mount from here on, nobody else sees.
void keep_mounts(Step& step) {
  step.works(unshare(CLONE_NEWNS), "unshare(CLONE_NEWNS)");
  step.works(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr),
             "mount(\"/\", MS_REC|MS_PRIVATE)");
}

/// A container's user namespace, where its IDs from 0 on are `start` and
/// so on outside.
Fd container_namespace(Step& step, uid_t start) {
  Process inside([&](Channel& outside) {
    step.works(unshare(CLONE_NEWUSER), "unshare(CLONE_NEWUSER)");
    outside.say("made");
    outside.hear();
  });
  inside.hear();
  const auto process = fmt::format("/proc/{}/", inside.pid());
  for (const std::string map : {"uid_map", "gid_map"})
    write_whole(step, process + map, fmt::format("0 {} 65536", start));
  const auto path = process + "ns/user";
  Fd opened(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  step.works(opened.get(), "open({})", path);
  return opened;
}

/// Does `work` as root of the container.
void as_container_root(Step& step, const Fd& name_space,
                       const std::function<void()>& work) {
  Process root([&](Channel&) {
    step.works(setns(name_space.get(), CLONE_NEWUSER),
               "setns({}, CLONE_NEWUSER)", name_space.get());
    step.works(setresgid(0, 0, 0), "setresgid(0, 0, 0)");
    step.works(setresuid(0, 0, 0), "setresuid(0, 0, 0)");
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a new user ID has cleared it
    work();
  });
  root.wait();
}

uid_t owner_of(Step& step, const std::string& path) {
  struct stat status {};
  step.works(stat(path.c_str(), &status), "stat({})", path);
  step.note("st_uid: {}", status.st_uid);
  return status.st_uid;
}

/// mount_setattr(2) with the IDs of the namespace.
int map_ids(const Fd& tree, const Fd& name_space) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<__u64>(name_space.get());
  return mount_setattr(tree.get(), "", AT_EMPTY_PATH, &attributes,
                       sizeof attributes);
}

/// Not every file system can, and tmpfs only since Linux 6.3.
void skip_where_impossible(Step& step, int answer) {
  if (answer != 0 && errno == EINVAL)
    step.skip("a file system at /tmp that can be mounted with other IDs",
              "sudo unshare -m sh -c 'mount --bind /var/tmp /tmp; "
              "kerneltour run 15'");
}

/// A mount of the directory with the namespace's IDs, at no place yet.
Fd mapped_tree(Step& step, const std::string& directory,
               const Fd& name_space) {
  Fd tree(open_tree(AT_FDCWD, directory.c_str(),
                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  step.works(tree.get(), "open_tree({}, OPEN_TREE_CLONE)", directory);
  const int answer = map_ids(tree, name_space);
  skip_where_impossible(step, answer);
  step.works(answer, "mount_setattr({}, MOUNT_ATTR_IDMAP, userns_fd={})",
             tree.get(), name_space.get());
  return tree;
}

Mounted mount_mapped(Step& step, const std::string& directory,
                     const std::string& place, const Fd& name_space) {
  const Fd tree = mapped_tree(step, directory, name_space);
  step.works(move_mount(tree.get(), "", AT_FDCWD, place.c_str(),
                        MOVE_MOUNT_F_EMPTY_PATH),
             "move_mount({}, {})", tree.get(), place);
  return Mounted(place);
}

double microseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begin)
      .count();
}

// A container with its own IDs, and an image that knows nothing of them.
void nobodys_image(Step& step) {
  const Image image(step);
  const Fd container = container_namespace(step, first);
  as_container_root(step, container, [&] {
    const uid_t owner = owner_of(step, image.su);
    step.expect(owner != 0, "to the container's root it is not root's");
    step.refused(EACCES, open(image.su.c_str(), O_WRONLY | O_CLOEXEC),
                 "open({}, O_WRONLY)", image.su);
  });
}

// chown -R, by hand: every ID grows by 100000.
void chown_tree(Step& step) {
  const Image image(step);
  int changed = 0;
  const auto begin = Clock::now();
  for (const auto& entry : fs::recursive_directory_iterator(image.path)) {
    const auto status = status_of(entry.path());
    changed += lchown(entry.path().c_str(), status.st_uid + first,
                      status.st_gid + first) == 0;
  }
  step.note("{} calls of lchown(2) took {:.0f} microseconds.", changed,
            microseconds_since(begin));
  const auto su = status_of(image.su);
  step.expect(changed == pages + 2 && su.st_uid == first,
              "every file was changed on disk",
              fmt::format("{} of {}", changed, pages + 2));
  step.expect((su.st_mode & S_ISUID) == 0, "su lost its set-user-ID bit",
              fmt::format("mode {:o}", su.st_mode & 07777U));

  const Fd other = container_namespace(step, second);
  as_container_root(step, other, [&] {
    step.refused(EACCES, open(image.su.c_str(), O_WRONLY | O_CLOEXEC),
                 "open({}, O_WRONLY)", image.su);
  });
}

// The same without touching a file.
void idmapped_mount(Step& step) {
  const Image image(step);
  keep_mounts(step);
  const Fd container = container_namespace(step, first);
  mount_attr ids{};
  ids.attr_set = MOUNT_ATTR_IDMAP;
  ids.userns_fd = static_cast<__u64>(container.get());

  const auto begin = Clock::now();
  const Fd tree(open_tree(AT_FDCWD, image.path.c_str(),
                          OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  step.works(tree.get(), "open_tree({}, OPEN_TREE_CLONE)", image.path);
  const int mapped =
      mount_setattr(tree.get(), "", AT_EMPTY_PATH, &ids, sizeof ids);
  skip_where_impossible(step, mapped);
  step.works(mapped, "mount_setattr({}, MOUNT_ATTR_IDMAP, userns_fd={})",
             tree.get(), container.get());
  step.works(move_mount(tree.get(), "", AT_FDCWD, image.one.c_str(),
                        MOVE_MOUNT_F_EMPTY_PATH),
             "move_mount({}, {})", tree.get(), image.one);
  step.note("The three took {:.0f} microseconds, for {} files.",
            microseconds_since(begin), pages + 3);
  const Mounted one(image.one);

  step.expect(owner_of(step, image.su) == 0 &&
                  owner_of(step, image.one + "/su") == first,
              "0 in the one place is 100000 in the other");
  step.expect(
      owner_of(step, image.path + "/www/0") == www_data &&
          owner_of(step, image.one + "/www/0") == first + www_data,
      "and 33 is 100033");
  const auto su = status_of(image.one + "/su");
  step.expect(
      (su.st_mode & S_ISUID) != 0 &&
          su.st_ino == status_of(image.su).st_ino,
      "it is the same file, with its set-user-ID bit",
      fmt::format("inode {}, mode {:o}", su.st_ino, su.st_mode & 07777U));
}

// The container's root in its image.
void root_at_home(Step& step) {
  const Image image(step);
  keep_mounts(step);
  const Fd container = container_namespace(step, first);
  const Mounted one =
      mount_mapped(step, image.path, image.one, container);
  as_container_root(step, container, [&] {
    step.expect(owner_of(step, image.one + "/su") == 0,
                "su is root's again");
    const Fd made(open((image.one + "/new").c_str(),
                       O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    step.works(made.get(), "open({}/new, O_CREAT, 0600)", image.one);
  });
  step.expect(owner_of(step, image.path + "/new") == 0,
              "what it makes is root's on disk, too");
}

// One image, two containers with different IDs, at the same time.
void two_at_once(Step& step) {
  const Image image(step);
  keep_mounts(step);
  const Fd a = container_namespace(step, first);
  const Fd b = container_namespace(step, second);
  const Mounted one = mount_mapped(step, image.path, image.one, a);
  const Mounted two = mount_mapped(step, image.path, image.two, b);
  const uid_t owners[] = {owner_of(step, image.path + "/www/0"),
                          owner_of(step, image.one + "/www/0"),
                          owner_of(step, image.two + "/www/0")};
  step.expect(owners[0] == www_data && owners[1] == first + www_data &&
                  owners[2] == second + www_data,
              "one file has three owners",
              fmt::format("{}", fmt::join(owners, ", ")));
}

// What the kernel refuses.
void the_rules(Step& step) {
  const Image image(step);
  keep_mounts(step);
  const Fd container = container_namespace(step, first);
  const Fd tree = mapped_tree(step, image.path, container);
  step.refused(EPERM, map_ids(tree, container),
               "mount_setattr({}, MOUNT_ATTR_IDMAP) once more",
               tree.get());

  step.works(mount(image.path.c_str(), image.two.c_str(), nullptr,
                   MS_BIND, nullptr),
             "mount({}, {}, MS_BIND)", image.path, image.two);
  const Mounted bound(image.two);
  const Fd visible(open(image.two.c_str(), O_PATH | O_CLOEXEC));
  step.refused(EINVAL, map_ids(visible, container),
               "mount_setattr({}, MOUNT_ATTR_IDMAP)", image.two);

  step.refused(
      EOVERFLOW,
      openat(tree.get(), "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
      "openat({}, \"new\", O_CREAT)", tree.get());

  as_container_root(step, container, [&] {
    step.refused(EPERM,
                 open_tree(AT_FDCWD, image.path.c_str(),
                           OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
                 "open_tree({}, OPEN_TREE_CLONE)", image.path);
  });
}

// The mount table tells.
void what_you_know(Step& step) {
  const Image image(step);
  keep_mounts(step);
  const Fd container = container_namespace(step, first);
  const Mounted one =
      mount_mapped(step, image.path, image.one, container);
  std::ifstream table("/proc/self/mountinfo");
  std::string line;
  while (std::getline(table, line) &&
         line.find(image.one) == std::string::npos) {
  }
  step.output("grep kerneltour /proc/self/mountinfo", line);
  step.expect(line.find(",idmapped ") != std::string::npos,
              "the mount says that it is ID-mapped");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr kerneltour::lesson::StepCode steps[] = {
      {"nobodys-image", nobodys_image},   {"chown-tree", chown_tree},
      {"idmapped-mount", idmapped_mount}, {"root-at-home", root_at_home},
      {"two-at-once", two_at_once},       {"the-rules", the_rules},
      {"what-you-know", what_you_know},
  };
  return kerneltour::lesson::run(argc, argv, steps);
}
