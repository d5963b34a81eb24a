#include "host/confinement.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "host/host.hpp"
#include "support/tree.hpp"

using namespace kerneltour::host;
using kerneltour::tests::Tree;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

constexpr const char* own_pid_namespace = "pid:[4026532198]";
constexpr std::string_view disk = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n";
constexpr std::string_view overlay =
    "910 800 0:60 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/a,upperdir=/var/lib/b\n";

/// The confinement of a process that sees `mounts` where PID 1 sees `of_init`.
Confinement read(Tree& tree, std::string_view mounts, std::string_view of_init,
                 std::string_view release = "6.1.0-56-amd64") {
  tree.file("/proc/self/mountinfo", mounts).file("/proc/1/mountinfo", of_init);
  return read_confinement(Host::at(tree.root()), release, parse_mountinfo(mounts));
}

void in_initial_namespace(Tree& tree) { tree.link("/proc/self/ns/pid", std::string(initial_pid_namespace)); }
void in_own_namespace(Tree& tree) { tree.link("/proc/self/ns/pid", own_pid_namespace); }

}  // namespace

TEST_CASE("a field of /proc/PID/status is found by its whole name") {
  const std::string_view status =
      "Name:\tcat\nUmask:\t0022\nNoNewPrivs:\t0\nSeccomp:\t2\nSeccomp_filters:\t1\n";
  CHECK(parse_status_field(status, "Seccomp") == "2");
  CHECK(parse_status_field(status, "Seccomp_filters") == "1");
  CHECK(parse_status_field(status, "Name") == "cat");
  CHECK(parse_status_field(status, "Sec").empty());
  CHECK(parse_status_field("", "Seccomp").empty());
  CHECK(parse_status_field("\0\xff:\n:\n"sv, "Seccomp").empty());
}

TEST_CASE("a process in the initial PID namespace is in no container, whatever marker files are left") {
  Tree tree;
  in_initial_namespace(tree);
  tree.file("/.dockerenv", "");
  const auto confinement = read(tree, disk, disk);
  CHECK(confinement.container.empty());
  CHECK(confinement.container_evidence.empty());
  CHECK_FALSE(confinement.chroot);
  CHECK_FALSE(confinement.wsl);
}

TEST_CASE("a container that shares the host's PIDs is told by its marker and an overlay of its own") {
  Tree tree;
  in_initial_namespace(tree);
  CHECK(read(tree, overlay, disk).container.empty());
  tree.file("/.dockerenv", "");
  const auto confinement = read(tree, overlay, disk);
  CHECK(confinement.container == "docker");
  CHECK(confinement.container_evidence == "/.dockerenv exists, / is an overlay");
}

TEST_CASE("a live system on an overlay is in no container, though its image left a marker") {
  Tree tree;
  in_initial_namespace(tree);
  tree.file("/.dockerenv", "");
  CHECK(read(tree, overlay, overlay).container.empty());
}

TEST_CASE("in a PID namespace of its own a process is in a container, named by what its engine left") {
  Tree tree;
  in_own_namespace(tree);
  auto confinement = read(tree, disk, disk);
  CHECK(confinement.container == "container");
  CHECK(confinement.container_evidence ==
        "/proc/self/ns/pid is pid:[4026532198], and the initial one is pid:[4026531836]");

  tree.file("/proc/1/environ", "PATH=/bin\0container=lxc\0container_ttys=\0"s);
  confinement = read(tree, disk, disk);
  CHECK(confinement.container == "lxc");
  CHECK(confinement.container_evidence == "/proc/1/environ has container=lxc");

  tree.file("/run/.containerenv", "");
  CHECK(read(tree, disk, disk).container == "podman");
  tree.file("/.dockerenv", "");
  CHECK(read(tree, disk, disk).container == "docker");

  tree.file("/run/systemd/container", "systemd-nspawn\n");
  confinement = read(tree, disk, disk);
  CHECK(confinement.container == "systemd-nspawn");
  CHECK(confinement.container_evidence == "/run/systemd/container says systemd-nspawn");
}

TEST_CASE("a container without a marker is named by its cgroup") {
  Tree tree;
  in_own_namespace(tree);
  tree.file("/proc/1/cgroup", "0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-3f.scope\n");
  CHECK(read(tree, disk, disk).container == "kubernetes");
  tree.file("/proc/1/cgroup", "0::/lxc.payload.web\n");
  CHECK(read(tree, disk, disk).container == "lxc");
  tree.file("/proc/1/cgroup", "4:memory:/docker/3f\n");
  CHECK(read(tree, disk, disk).container == "docker");
  tree.file("/proc/1/cgroup", "0::/system.slice/docker.service\n");
  CHECK(read(tree, disk, disk).container == "container");
}

TEST_CASE("a container without a marker is named by its own mounts, and not by those beside it") {
  Tree tree;
  in_own_namespace(tree);
  const auto with = [&](std::string_view line) {
    return read(tree, std::string(disk) + std::string(line), disk);
  };
  CHECK(with("90 27 8:1 /var/lib/docker/containers/3f/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n").container ==
        "docker");
  CHECK(with("90 27 0:9 /proc/uptime /proc/uptime rw - fuse.lxcfs lxcfs rw\n").container == "lxc");
  CHECK(with("90 27 0:9 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw\n").container == "container");
  CHECK(with("90 27 0:9 / /var/lib/docker/overlay2/3f/merged rw - overlay overlay "
             "rw,lowerdir=/var/lib/docker/overlay2/l\n")
            .container == "container");
}

TEST_CASE("what a file gives as a container's name is a name or is not repeated") {
  Tree tree;
  in_own_namespace(tree);
  for (const auto& text : {"\x1b[31mred\n"s, "two words\n"s, "\0\xff"s, std::string(5000, 'a')}) {
    tree.file("/run/systemd/container", text);
    const auto confinement = read(tree, disk, disk);
    CHECK(confinement.container == "container");
    CHECK(confinement.container_evidence == "/run/systemd/container says container");
  }
}

TEST_CASE("a root that is not running is judged by its marker files") {
  Tree tree;
  const auto host = Host::at(tree.root());
  CHECK(read_confinement(host, "", {}).container.empty());
  tree.file("/.dockerenv", "");
  CHECK(read_confinement(host, "", {}).container == "docker");
  tree.file("/run/systemd/container", "lxc\n");
  CHECK(read_confinement(host, "", {}).container == "lxc");
}

TEST_CASE("WSL is told by its kernel's release, and its PID namespace is no container") {
  Tree tree;
  in_own_namespace(tree);
  tree.file("/run/systemd/container", "wsl\n").file("/.dockerenv", "");
  for (const auto release : {"5.15.153.1-microsoft-standard-WSL2", "4.4.0-19041-Microsoft"}) {
    const auto confinement = read(tree, disk, disk, release);
    CHECK(confinement.wsl);
    CHECK(confinement.wsl_evidence == "the kernel's release is "s + release);
    CHECK(confinement.container.empty());
  }
}

TEST_CASE("WSL with a kernel of one's own is told by its interpreter of Windows programs") {
  Tree tree;
  in_own_namespace(tree);
  tree.file("/proc/sys/fs/binfmt_misc/WSLInterop", "enabled\n");
  const auto confinement = read(tree, disk, disk, "6.6.36");
  CHECK(confinement.wsl);
  CHECK(confinement.wsl_evidence == "/proc/sys/fs/binfmt_misc/WSLInterop exists");
  CHECK(confinement.container.empty());
}

TEST_CASE("a container on WSL is both") {
  Tree docker;
  in_own_namespace(docker);
  docker.file("/.dockerenv", "");
  const auto confinement = read(docker, overlay, overlay, "5.15.153.1-microsoft-standard-WSL2");
  CHECK(confinement.wsl);
  CHECK(confinement.container == "docker");

  Tree lxc;
  in_own_namespace(lxc);
  lxc.file("/run/systemd/container", "lxc\n");
  CHECK(read(lxc, disk, disk, "5.15.153.1-microsoft-standard-WSL2").container == "lxc");
}

TEST_CASE("a process whose mounts have no / is in a chroot") {
  Tree tree;
  in_initial_namespace(tree);
  const auto confinement = read(tree, "90 27 0:21 / /proc rw - proc proc rw\n", disk);
  CHECK(confinement.chroot);
  CHECK(confinement.chroot_evidence == "/proc/self/mountinfo has no mount at /");
  CHECK(confinement.container.empty());
}

TEST_CASE("a process whose / is another point of PID 1's mounts is in a chroot") {
  Tree tree;
  in_initial_namespace(tree);
  const std::string_view ours = "90 27 8:2 / / rw - ext4 /dev/vdb rw\n";
  const auto confinement =
      read(tree, ours, std::string(disk) + "90 27 8:2 / /srv/chroot rw - ext4 /dev/vdb rw\n");
  CHECK(confinement.chroot);
  CHECK(confinement.chroot_evidence == "our / is /srv/chroot in /proc/1/mountinfo");
}

TEST_CASE("mounts of a namespace of our own, or none that can be read, are no chroot") {
  Tree tree;
  in_initial_namespace(tree);
  CHECK_FALSE(read(tree, "300 200 254:0 / / rw - ext4 /dev/vda rw\n", disk).chroot);
  CHECK_FALSE(read(tree, disk, "").chroot);
  CHECK_FALSE(read(tree, "", "").chroot);
}

TEST_CASE("a seccomp filter is told, and strict mode and none are not") {
  Tree tree;
  in_initial_namespace(tree);
  CHECK_FALSE(read(tree, disk, disk).seccomp_filter);
  tree.file("/proc/self/status", "Name:\tcat\nSeccomp:\t0\n");
  CHECK_FALSE(read(tree, disk, disk).seccomp_filter);
  tree.file("/proc/self/status", "Name:\tcat\nSeccomp:\t2\n");
  CHECK(read(tree, disk, disk).seccomp_filter);
}
