#include "host/host.hpp"

#include <doctest/doctest.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "posix/error.hpp"
#include "support/tree.hpp"

using kerneltour::host::Host;
using kerneltour::posix::FileText;
using kerneltour::posix::SystemError;
using kerneltour::tests::Tree;

namespace {

constexpr uid_t nobody = 65534;

/// Acts as nobody while it lives; true where the caller was root and could.
class AsNobody {
 public:
  AsNobody() : became_(geteuid() == 0 && seteuid(nobody) == 0) {}
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (became_ && seteuid(0) != 0) abort();
  }
  explicit operator bool() const { return became_; }

 private:
  bool became_;
};

/// cap_setuid=ep, version 2, as setcap(8) writes it. False where the caller or the file system may not.
bool give_setuid_capability(const std::string& path) {
  const std::string bytes("\1\0\0\2\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  return setxattr(path.c_str(), "security.capability", bytes.data(), bytes.size(), 0) == 0;
}

}  // namespace

TEST_CASE("a file below another root is read") {
  Tree tree;
  tree.file("/etc/os-release", "ID=debian\n");
  const Host host = Host::at(tree.root());
  CHECK_FALSE(host.live());
  CHECK(host.read("/etc/os-release").text == "ID=debian\n");
  CHECK(host.read("/etc/no-such-file").error == ENOENT);
  CHECK(host.read("/etc/os-release/x").error == ENOTDIR);
}

TEST_CASE("symbolic links stay inside the root, absolute ones and those that climb") {
  Tree outside;
  outside.file("/secret", "outside");
  Tree tree;
  tree.file("/secret", "inside")
      .file("/usr/lib/os-release", "ID=inside\n")
      .link("/etc/os-release", "../usr/lib/os-release")
      .link("/absolute", "/secret")
      .link("/climbing", "../../../../../../../../secret")
      .link("/escape", outside.real("/secret"))
      .link("/up", "..")
      .link("/top", "/")
      .link("/self", "self");
  const Host host = Host::at(tree.root());
  CHECK(host.read("/etc/os-release").text == "ID=inside\n");
  CHECK(host.read("/absolute").text == "inside");
  CHECK(host.read("/climbing").text == "inside");
  CHECK(host.read("/../../../../secret").text == "inside");
  CHECK(host.read("/up/up/secret").text == "inside");
  CHECK(host.read("/top/secret").text == "inside");
  CHECK(host.read("/escape").error == ENOENT);
  CHECK_FALSE(host.exists("/escape"));
  CHECK(host.read("/self").error == ELOOP);
  const auto names = host.list("/top/up");
  CHECK(std::count(names.begin(), names.end(), "climbing") == 1);
  CHECK(host.status("/top")->inode == host.status("/")->inode);
}

TEST_CASE("what is not a regular file is refused at once") {
  Tree tree;
  tree.directory("/directory");
  REQUIRE(mkfifo(tree.real("/fifo").c_str(), 0644) == 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  tree.real("/socket").copy(address.sun_path, sizeof address.sun_path - 1);
  const kerneltour::posix::Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  REQUIRE(bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);

  const Host below = Host::at(tree.root());
  const Host running = Host::running();
  CHECK(below.read("/directory").failure == "is a directory");
  CHECK(running.read(tree.real("/directory")).error == EISDIR);
  for (const std::string path : {"/fifo", "/socket"}) {
    CAPTURE(path);
    CHECK(below.read(path).error == ENXIO);
    CHECK(below.read(path).failure == "is not a regular file");
    CHECK(running.read(tree.real(path)).error == ENXIO);
    CHECK(below.exists(path));
  }
  CHECK(running.read("/dev/zero").error == ENXIO);
}

TEST_CASE("no more than the limit is read") {
  Tree tree;
  tree.file("/text", "12345");
  const Host host = Host::at(tree.root());
  CHECK(host.read("/text", 5).text == "12345");
  CHECK(host.read("/text", 4).error == EFBIG);
  // 100 MB of zeros that take no room on the disk.
  tree.file("/huge", "");
  std::filesystem::resize_file(tree.real("/huge"), 100'000'000);
  CHECK(host.read("/huge").failure == "is larger than 8 MiB");
}

TEST_CASE("bytes of any kind are read as they are") {
  Tree tree;
  const std::string bytes("\0\xff\xfe\n\x80", 5);
  tree.file("/binary", bytes).file("/empty", "");
  const Host host = Host::at(tree.root());
  CHECK(host.read("/binary").text == bytes);
  CHECK(host.read("/empty").ok());
  CHECK(host.read("/empty").text.empty());
}

TEST_CASE("a name with a NUL byte names nothing") {
  Tree tree;
  tree.file("/text", "x");
  const std::string path("/text\0/x", 8);
  CHECK(Host::at(tree.root()).read(path).error == ENOENT);
  CHECK(Host::running().read("/etc/passwd" + path.substr(5)).error == ENOENT);
  CHECK_FALSE(Host::running().exists("/etc/passwd" + path.substr(5)));
}

TEST_CASE("a link's own target is read, not followed") {
  Tree tree;
  tree.file("/file", "").link("/sbin/init", "../lib/systemd/systemd").link("/lib", "usr/lib");
  const Host host = Host::at(tree.root());
  CHECK(host.read_link("/sbin/init") == "../lib/systemd/systemd");
  CHECK(host.read_link("/lib") == "usr/lib");
  CHECK_FALSE(host.read_link("/file"));
  CHECK_FALSE(host.read_link("/none"));
  CHECK(Host::running().read_link("/proc/self") == std::to_string(getpid()));
  CHECK(Host::running().read_link("/proc/self/ns/user").value().starts_with("user:["));
}

TEST_CASE("a directory's names come sorted and without its own") {
  Tree tree;
  tree.file("/d/b", "").file("/d/a", "").directory("/d/c").link("/d/.hidden", "nowhere").directory("/empty");
  const Host host = Host::at(tree.root());
  CHECK(host.list("/d") == std::vector<std::string>{".hidden", "a", "b", "c"});
  CHECK(host.list("/empty").empty());
  CHECK(host.list("/none").empty());
  CHECK(host.list("/d/a").empty());
}

TEST_CASE("the status is that of the file behind the links") {
  Tree tree;
  tree.file("/bin/program", "").link("/program", "/bin/program").link("/dangling", "none");
  REQUIRE(chmod(tree.real("/bin/program").c_str(), 04711) == 0);
  const Host host = Host::at(tree.root());
  const auto status = host.status("/program");
  REQUIRE(status);
  CHECK(status->mode == (S_IFREG | 04711));
  CHECK(status->owner == geteuid());
  struct stat real = {};
  REQUIRE(stat(tree.real("/bin/program").c_str(), &real) == 0);
  CHECK(status->device == real.st_dev);
  CHECK(status->inode == real.st_ino);
  CHECK_FALSE(status->permitted_capabilities);
  CHECK(S_ISDIR(host.status("/bin")->mode));
  CHECK_FALSE(host.status("/dangling"));
  CHECK_FALSE(host.status("/none"));
}

TEST_CASE("a program's capabilities are read, also by who may not read the program") {
  Tree tree;
  tree.file("/bin/newuidmap", "");
  const std::string real = tree.real("/bin/newuidmap");
  if (!give_setuid_capability(real)) {
    MESSAGE("skipped: setting security.capability: ", kerneltour::posix::error_text(errno));
    return;
  }
  REQUIRE(chmod(tree.root().c_str(), 0755) == 0);
  REQUIRE(chmod(real.c_str(), 0711) == 0);
  const auto check = [&] {
    CHECK(Host::at(tree.root()).status("/bin/newuidmap").value().permitted_capabilities == 1u << 7);
    CHECK(Host::running().status(real).value().permitted_capabilities == 1u << 7);
  };
  check();
  if (const AsNobody nobody_now; nobody_now) {
    CHECK(Host::running().read(real).error == EACCES);
    check();
  }
}

TEST_CASE("capabilities that count in another user namespace are not those of the running host") {
  Tree tree;
  tree.file("/newuidmap", "");
  const std::string real = tree.real("/newuidmap");
  const std::string bytes("\1\0\0\3\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xa0\x86\1\0", 24);
  if (setxattr(real.c_str(), "security.capability", bytes.data(), bytes.size(), 0) != 0) {
    MESSAGE("skipped: setting security.capability: ", kerneltour::posix::error_text(errno));
    return;
  }
  CHECK(Host::at(tree.root()).status("/newuidmap").value().permitted_capabilities == 1u << 7);
  CHECK_FALSE(Host::running().status(real).value().permitted_capabilities);
}

TEST_CASE("a root that is no directory, is not there or cannot be searched is refused with the reason") {
  Tree tree;
  tree.file("/file", "").directory("/closed");
  const auto error_of = [](const std::string& root) {
    try {
      Host::at(root);
    } catch (const SystemError& error) {
      CHECK(std::string(error.what()).find(root) != std::string::npos);
      return error.error();
    }
    return 0;
  };
  CHECK(error_of(tree.root()) == 0);
  CHECK(error_of(tree.real("/file")) == ENOTDIR);
  CHECK(error_of(tree.real("/none")) == ENOENT);
  REQUIRE(chmod(tree.root().c_str(), 0755) == 0);
  REQUIRE(chmod(tree.real("/closed").c_str(), 0700) == 0);
  if (const AsNobody nobody_now; nobody_now) CHECK(error_of(tree.real("/closed")) == EACCES);
}

TEST_CASE("the running host is the one that this test runs on") {
  const Host host = Host::running();
  CHECK(host.live());
  CHECK(host.read("/proc/self/status").text.find("Name:") == 0);
  CHECK(host.list("/proc/self/ns").size() >= 6);
}
