#include "host/facts.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "support/tree.hpp"

using namespace kerneltour::host;
using kerneltour::tests::Tree;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

constexpr auto programs = std::to_array<std::string_view>({"newuidmap", "ab"});

constexpr std::string_view grub_cfg =
    "menuentry 'Debian GNU/Linux' {\n"
    "\tlinux /boot/vmlinuz-6.1.0-10-amd64 root=UUID=4f5c ro quiet psi=1\n"
    "}\n";

constexpr std::string_view config = "CONFIG_PSI=y\nCONFIG_VETH=y\n";

Facts facts_of(const Tree& tree, const OtherKernel& other = {}) {
  return read_facts(Host::at(tree.root()), programs, other);
}

std::string running_release() {
  utsname name;
  REQUIRE(uname(&name) == 0);
  return name.release;
}

}  // namespace

TEST_CASE("a root with nothing in it has no facts and breaks nothing") {
  Tree tree;
  const auto facts = facts_of(tree);
  CHECK_FALSE(facts.live);
  CHECK_FALSE(facts.release);
  CHECK(facts.release_source.empty());
  CHECK_FALSE(facts.config.config);
  CHECK_FALSE(facts.boot_parameters);
  CHECK(facts.sysctls.empty());
  CHECK(facts.architecture.empty());
  CHECK(facts.cgroups.layout == CgroupLayout::unknown);
  CHECK(facts.pressure.empty());
  CHECK_FALSE(facts.security_modules.known);
  CHECK(facts.confinement.container.empty());
  CHECK(facts.boot_loader == BootLoader::none);
  CHECK_FALSE(facts.systemd);
  CHECK_FALSE(facts.subuid.file.exists);
  CHECK(facts.subuid.path == "/etc/subuid");
  CHECK(facts.subgid.path == "/etc/subgid");
  CHECK(facts.users.empty());
  CHECK(facts.programs.empty());
  CHECK(facts.veth == ModuleState::missing);
}

TEST_CASE("a root that is not running has the kernel of grub.cfg's first entry") {
  Tree tree;
  tree.file("/boot/grub/grub.cfg", grub_cfg).file("/boot/vmlinuz-6.12.1-1-amd64", "");
  tree.file("/boot/config-6.1.0-10-amd64", config);
  const auto facts = facts_of(tree);
  REQUIRE(facts.release);
  CHECK(facts.release->text == "6.1.0-10-amd64");
  CHECK(facts.release_source == "/boot/grub/grub.cfg, first entry");
  REQUIRE(facts.boot_parameters);
  CHECK(facts.boot_parameters->last("psi") == "1");
  CHECK(facts.boot_parameters_source == "/boot/grub/grub.cfg, first entry");
  CHECK(facts.config.path == "/boot/config-6.1.0-10-amd64");
  CHECK(facts.veth == ModuleState::loaded);
}

TEST_CASE("without grub.cfg a root that is not running has the newest kernel of its files") {
  Tree tree;
  tree.file("/boot/vmlinuz-6.1.0-9-amd64", "").file("/boot/vmlinuz-6.1.0-10-amd64", "");
  tree.file("/lib/modules/6.1.0-10-amd64/modules.dep", "kernel/drivers/net/veth.ko:\n");
  const auto facts = facts_of(tree);
  REQUIRE(facts.release);
  CHECK(facts.release->text == "6.1.0-10-amd64");
  CHECK(facts.release_source == "/boot/vmlinuz-6.1.0-10-amd64");
  CHECK_FALSE(facts.boot_parameters);
  CHECK(facts.veth == ModuleState::loadable);
}

TEST_CASE("a captured /proc says what ran when it was captured") {
  Tree tree;
  tree.file("/proc/sys/kernel/osrelease", "4.15.0-20-generic\n").file("/proc/cmdline", "quiet psi=0\n");
  tree.file("/proc/sys/kernel/arch", "x86_64\n").file("/boot/grub/grub.cfg", grub_cfg);
  tree.file("/proc/pressure/cpu", "some avg10=1.00 avg60=0.00 avg300=0.00 total=9\n");
  tree.file("/proc/pressure/io", "\xff\n");
  tree.file("/proc/self/mountinfo", "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  tree.file("/sys/kernel/security/lsm", "capability,apparmor");
  const auto facts = facts_of(tree);
  CHECK_FALSE(facts.live);
  REQUIRE(facts.release);
  CHECK(facts.release->text == "4.15.0-20-generic");
  CHECK(facts.release_source == "/proc/sys/kernel/osrelease");
  CHECK(facts.boot_parameters_source == "/proc/cmdline");
  CHECK(facts.architecture == "x86_64");
  REQUIRE(facts.pressure.size() == 2);
  REQUIRE(facts.pressure.at("cpu"));
  CHECK(facts.pressure.at("cpu")->some->total.count() == 9);
  CHECK_FALSE(facts.pressure.at("io"));
  CHECK(facts.cgroups.layout == CgroupLayout::unified);
  CHECK(facts.confinement.chroot);
  CHECK(facts.security_modules.has("apparmor"));
}

TEST_CASE("another kernel is judged by what was given, and by nothing of the one that runs") {
  Tree tree;
  tree.file("/proc/sys/kernel/osrelease", "4.15.0-20-generic\n").file("/proc/cmdline", "psi=0\n");
  tree.file("/proc/pressure/cpu", "some avg10=1.00 avg60=0.00 avg300=0.00 total=9\n");
  tree.file("/proc/self/mountinfo", "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  tree.file("/proc/sys/user/max_user_namespaces", "0\n").file("/sys/kernel/security/lsm", "apparmor");
  tree.file("/etc/sysctl.d/50-userns.conf", "user.max_user_namespaces = 1000\n")
      .directory("/sys/module/veth");
  tree.file("/etc/passwd", "ann:x:1000:1000:::\n");
  OtherKernel other;
  other.config_path = "/tmp/config";
  other.config_bytes = "CONFIG_PSI=y\n";
  other.release = "6.12.1";
  other.command_line = "psi=1";
  const auto facts = facts_of(tree, other);
  CHECK_FALSE(facts.live);
  REQUIRE(facts.release);
  CHECK(facts.release->text == "6.12.1");
  CHECK(facts.release_source == "--release");
  CHECK(facts.config.path == "/tmp/config");
  REQUIRE(facts.boot_parameters);
  CHECK(facts.boot_parameters->last("psi") == "1");
  CHECK(facts.boot_parameters_source == "--cmdline");
  CHECK(facts.pressure.empty());
  CHECK(facts.cgroups.layout == CgroupLayout::unknown);
  CHECK_FALSE(facts.security_modules.known);
  CHECK(facts.veth == ModuleState::missing);
  REQUIRE(facts.sysctls.count("user.max_user_namespaces") == 1);
  CHECK(facts.sysctls.at("user.max_user_namespaces").value == "1000");
  CHECK(facts.users.size() == 1);
}

TEST_CASE("below a root, what is not given of a kernel is looked for in that root") {
  Tree tree;
  tree.file("/proc/sys/kernel/osrelease", "4.15.0-20-generic\n").file("/proc/cmdline", "psi=0\n");
  tree.file("/proc/config.gz", config).file("/boot/config-6.1.0-10-amd64", config);
  OtherKernel command_line;
  command_line.command_line = "psi=1";
  auto facts = facts_of(tree, command_line);
  REQUIRE(facts.release);
  CHECK(facts.release->text == "4.15.0-20-generic");
  CHECK(facts.config.path == "/proc/config.gz");

  OtherKernel release;
  release.release = "6.1.0-10-amd64";
  facts = facts_of(tree, release);
  CHECK(facts.config.path == "/boot/config-6.1.0-10-amd64");
  CHECK_FALSE(facts.boot_parameters);
  tree.file("/boot/grub/grub.cfg", grub_cfg);
  CHECK(facts_of(tree, release).boot_parameters_source == "/boot/grub/grub.cfg, first entry");

  release.release = "no release";
  facts = facts_of(tree, release);
  CHECK_FALSE(facts.release);
  CHECK(facts.release_source.empty());
}

TEST_CASE("the architecture of a root without /proc is that of its libraries, 64 bits first") {
  Tree tree;
  tree.directory("/usr/lib/i386-linux-gnu");
  CHECK(facts_of(tree).architecture == "i686");
  tree.directory("/usr/lib/x86_64-linux-gnu");
  CHECK(facts_of(tree).architecture == "x86_64");
  Tree arm;
  arm.directory("/usr/lib/aarch64-linux-gnu");
  CHECK(facts_of(arm).architecture == "aarch64");
}

TEST_CASE("the distribution is read from /etc/os-release, else from /usr/lib") {
  Tree tree;
  tree.file("/usr/lib/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
  CHECK(facts_of(tree).os.id == "debian");
  tree.file("/etc/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\n");
  CHECK(facts_of(tree).os.id == "ubuntu");
}

TEST_CASE("systemd is init where /sbin/init leads to it, by whatever link") {
  Tree by_name;
  by_name.link("/sbin/init", "/lib/systemd/systemd");
  CHECK(facts_of(by_name).systemd);
  Tree by_file;
  by_file.file("/usr/lib/systemd/systemd", "")
      .link("/sbin/init", "../etc/init")
      .link("/etc/init", "/usr/lib/systemd/systemd");
  CHECK(facts_of(by_file).systemd);
  Tree sysv;
  sysv.file("/usr/lib/systemd/systemd", "").file("/sbin/init", "");
  CHECK_FALSE(facts_of(sysv).systemd);
}

TEST_CASE("GRUB is the boot loader where update-grub is a file") {
  Tree tree;
  tree.directory("/usr/sbin/update-grub");
  CHECK(facts_of(tree).boot_loader == BootLoader::none);
  tree.file("/sbin/update-grub", "#!/bin/sh\n");
  CHECK(facts_of(tree).boot_loader == BootLoader::grub);
}

TEST_CASE("Ubuntu's profile for user namespaces counts until it is disabled") {
  Tree tree;
  CHECK_FALSE(facts_of(tree).apparmor_userns_profile);
  tree.file("/etc/apparmor.d/unprivileged_userns", "");
  CHECK(facts_of(tree).apparmor_userns_profile);
  tree.link("/etc/apparmor.d/disable/unprivileged_userns", "/etc/apparmor.d/unprivileged_userns");
  CHECK_FALSE(facts_of(tree).apparmor_userns_profile);
}

TEST_CASE("subordinate IDs come with the defaults of their own side and the services that replace them") {
  Tree tree;
  tree.file("/etc/subuid", "ann:100000:65536\n").file("/etc/subgid", "");
  tree.file("/etc/login.defs", "SUB_UID_MIN 300000\nSUB_GID_COUNT 1000\n")
      .file("/etc/nsswitch.conf", "subid: sss\n");
  const auto facts = facts_of(tree);
  CHECK(facts.subuid.file.ranges.size() == 1);
  CHECK(facts.subuid.defaults.min == 300000);
  CHECK(facts.subuid.defaults.count == 65536);
  CHECK(facts.subgid.file.exists);
  CHECK(facts.subgid.file.ranges.empty());
  CHECK(facts.subgid.defaults.min == 100000);
  CHECK(facts.subgid.defaults.count == 1000);
  CHECK(facts.subordinate_services == std::vector<std::string>{"sss"});
}

TEST_CASE("a subordinate ID file that cannot be read exists, and why is told") {
  Tree tree;
  tree.directory("/etc/subuid").link("/etc/subgid", "/nowhere");
  const auto facts = facts_of(tree);
  CHECK(facts.subuid.file.exists);
  const auto noted = std::find_if(facts.unreadable.begin(), facts.unreadable.end(),
                                  [](const Unreadable& one) { return one.path == "/etc/subuid"; });
  REQUIRE(noted != facts.unreadable.end());
  CHECK(noted->reason == "is a directory");
  CHECK(noted->about == About::ids);
  CHECK(facts.subuid.file.ranges.empty());
  CHECK_FALSE(facts.subgid.file.exists);
}

TEST_CASE("only the programs that were asked for are looked for") {
  Tree tree;
  for (const std::string name : {"ab", "ruby"}) {
    tree.file("/usr/bin/" + name, "");
    REQUIRE(chmod(tree.real("/usr/bin/" + name).c_str(), 0755) == 0);
  }
  tree.file("/var/lib/dpkg/statoverride", "root root 0755 /usr/bin/newuidmap\n");
  const auto facts = facts_of(tree);
  REQUIRE(facts.programs.size() == 1);
  CHECK(facts.programs.at("ab").path == "/usr/bin/ab");
  CHECK(facts.status_overrides == std::vector<std::string>{"/usr/bin/newuidmap"});
}

TEST_CASE("a host whose every file is binary, a directory or a loop has facts all the same") {
  Tree tree;
  const std::string noise = "\x7f\x45LF\0\0\xff\xfe:::\n=\n\x1b[31m - \n"s;
  for (const auto path :
       {"/proc/cmdline", "/proc/sys/kernel/osrelease", "/proc/self/cgroup", "/proc/self/status",
        "/proc/1/environ", "/proc/pressure/cpu", "/boot/grub/grub.cfg", "/etc/os-release", "/etc/subuid",
        "/etc/passwd", "/etc/login.defs", "/etc/nsswitch.conf", "/var/lib/dpkg/statoverride",
        "/sys/kernel/security/lsm", "/proc/config.gz"})
    tree.file(path, noise);
  tree.directory("/etc/group").directory("/proc/self/mountinfo");
  tree.link("/etc/subgid", "/etc/subgid").link("/sbin/init", "/sbin/init");
  const auto facts = facts_of(tree);
  CHECK_FALSE(facts.release);
  CHECK_FALSE(facts.config.config);
  CHECK(facts.users.empty());
  CHECK(facts.groups.empty());
  CHECK(facts.subuid.file.ranges.empty());
  CHECK_FALSE(facts.subuid.file.malformed.empty());
  CHECK_FALSE(facts.pressure.at("cpu"));
}

TEST_CASE("the running host is live, and its release is uname's") {
  const auto facts = read_facts(Host::running(), programs);
  CHECK(facts.live);
  REQUIRE(facts.release);
  CHECK(facts.release->text == running_release());
  CHECK(facts.release_source == "uname(2)");
  CHECK_FALSE(facts.architecture.empty());
}

TEST_CASE("another kernel on the running host is not live, and this process's confinement is not its own") {
  OtherKernel other;
  other.release = "5.15.153.1-microsoft-standard-WSL2";
  const auto facts = read_facts(Host::running(), programs, other);
  CHECK_FALSE(facts.live);
  CHECK(facts.confinement.wsl);
  CHECK(facts.confinement.container.empty());
  CHECK_FALSE(facts.confinement.chroot);
  CHECK_FALSE(facts.confinement.seccomp_filter);
  CHECK_FALSE(facts.architecture.empty());
}

TEST_CASE("with a root, what is not given is that root's") {
  Tree tree;
  tree.file("/boot/grub/grub.cfg", grub_cfg).file("/boot/config-6.1.0-10-amd64", config);
  OtherKernel other;
  other.command_line = "cgroup_disable=memory";
  auto facts = facts_of(tree, other);
  REQUIRE(facts.release);
  CHECK(facts.release->text == "6.1.0-10-amd64");
  CHECK(facts.config.path == "/boot/config-6.1.0-10-amd64");
  CHECK(facts.boot_parameters_source == "--cmdline");
  other = {};
  other.config_bytes = "CONFIG_PSI=y\n";
  facts = facts_of(tree, other);
  REQUIRE(facts.release);
  CHECK(facts.boot_parameters->last("psi") == "1");
}

TEST_CASE("the running kernel with another command line keeps its release and configuration") {
  OtherKernel other;
  other.command_line = "quiet";
  const auto facts = read_facts(Host::running(), programs, other);
  CHECK_FALSE(facts.live);
  REQUIRE(facts.release);
  CHECK(facts.release->text == running_release());
  CHECK(facts.config.path == read_facts(Host::running(), programs).config.path);
}

TEST_CASE("a captured /proc is told from none, and counts for the kernel that made it alone") {
  Tree tree;
  CHECK_FALSE(facts_of(tree).proc);
  tree.file("/proc/self/status", "Name:\tx\n");
  CHECK(facts_of(tree).proc);
  OtherKernel other;
  other.command_line = "quiet";
  CHECK_FALSE(facts_of(tree, other).proc);
}

TEST_CASE("settings of the command line count where nothing of /proc/sys is there, since Linux 5.8") {
  Tree tree;
  tree.file("/boot/grub/grub.cfg",
            "menuentry x {\n linux /boot/vmlinuz-6.1.0-10-amd64 sysctl.user.max_user_namespaces=0\n}\n");
  CHECK(facts_of(tree).sysctls.at("user.max_user_namespaces").value == "0");
  OtherKernel old;
  old.release = "5.4.0";
  CHECK(facts_of(tree, old).sysctls.empty());
}

TEST_CASE("files that cannot be read are told from files that are not there") {
  Tree tree;
  tree.link("/etc/subuid", "subuid")
      .link("/boot/grub/grub.cfg", "grub.cfg")
      .link("/etc/os-release", "os-release");
  const auto facts = facts_of(tree);
  std::vector<std::string> paths;
  for (const auto& [about, path, reason] : facts.unreadable) paths.push_back(path);
  CHECK(paths == std::vector<std::string>{"/etc/os-release", "/boot/grub/grub.cfg", "/etc/subuid"});
  tree.file("/usr/lib/os-release", "ID=debian\n");
  CHECK(facts_of(tree).unreadable.size() == 2);
}
