#include "host/sysctl.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "host/boot_parameters.hpp"
#include "host/reader.hpp"
#include "support/tree.hpp"

using namespace kerneltour::host;
using kerneltour::tests::Tree;
using namespace std::string_view_literals;

namespace {

Sysctls current(const Tree& tree) {
  const auto host = Host::at(tree.root());
  Reader reader(host);
  return read_current_sysctls(reader);
}

Sysctls configured(const Tree& tree, bool systemd = true, Sysctls before = {}) {
  const auto host = Host::at(tree.root());
  Reader reader(host);
  return read_configured_sysctls(reader, systemd, std::move(before));
}

std::vector<Unreadable> unreadable(const Tree& tree) {
  const auto host = Host::at(tree.root());
  Reader reader(host);
  read_configured_sysctls(reader, true);
  return reader.unreadable();
}

}  // namespace

TEST_CASE("a sysctl.d file gives its settings") {
  const auto lines = parse_sysctl_conf(
      "# Uncomment the next line\n"
      ";kernel.domainname = example.com\n"
      "#user.max_user_namespaces=0\n"
      "\n"
      "user.max_user_namespaces = 15000\n"
      "  kernel.printk=3 4 1 3  \n"
      "-net.ipv4.tcp_migrate_req =1\r\n"
      "kernel/unprivileged_userns_clone=0\n"
      "net/ipv4/conf/eth0.1/forwarding = 1\n"
      "kernel.core_pattern=|/bin/x -a=b\n"
      "kernel.empty =\n");
  CHECK(lines.size() == 7);
  CHECK(lines.at("user.max_user_namespaces") == "15000");
  CHECK(lines.at("kernel.printk") == "3 4 1 3");
  CHECK(lines.at("net.ipv4.tcp_migrate_req") == "1");
  CHECK(lines.at("kernel.unprivileged_userns_clone") == "0");
  CHECK(lines.at("net.ipv4.conf.eth0/1.forwarding") == "1");
  CHECK(lines.at("kernel.core_pattern") == "|/bin/x -a=b");
  CHECK(lines.at("kernel.empty") == "");
}

TEST_CASE("of several lines about a setting the last one counts") {
  CHECK(parse_sysctl_conf("user.x=1\nuser/x=2\n").at("user.x") == "2");
}

TEST_CASE("lines that set nothing, or more than one thing, are left out") {
  CHECK(parse_sysctl_conf("").empty());
  CHECK(parse_sysctl_conf("word\n=1\n- =1\n-net.ipv4.conf.all.rp_filter\n").empty());
  CHECK(parse_sysctl_conf("net.ipv4.conf.*.rp_filter = 2\nuser.max_?=1\nuser.[ab]=1\n").empty());
  CHECK(parse_sysctl_conf("\0\xff\xfe"sv).empty());
}

TEST_CASE("a setting may be anything") {
  CHECK(parse_sysctl_conf("a=\xff\n").at("a") == "\xff");
  CHECK(parse_sysctl_conf("a=1\0"
                          "2"sv)
            .at("a") ==
        "1\0"
        "2"sv);
  const std::string huge(4'000'000, 'x');
  CHECK(parse_sysctl_conf(huge + '=' + huge + "\nb=1").at("b") == "1");
}

TEST_CASE("a running host's settings are those of /proc/sys") {
  Tree tree;
  tree.file("/proc/sys/kernel/unprivileged_userns_clone", "1\n")
      .file("/proc/sys/user/max_user_namespaces", "31234\n")
      .file("/etc/sysctl.d/50-x.conf", "user.max_user_namespaces=0\nnet.ipv4.tcp_migrate_req=1\n");
  const auto settings = current(tree);
  CHECK(settings.size() == 2);
  CHECK(settings.at("user.max_user_namespaces").value == "31234");
  CHECK(settings.at("user.max_user_namespaces").source == "/proc/sys/user/max_user_namespaces");
  CHECK(settings.at("kernel.unprivileged_userns_clone").value == "1");
}

TEST_CASE("settings at the next boot are those of sysctl.d, whatever /proc/sys says") {
  Tree tree;
  tree.file("/proc/sys/user/max_user_namespaces", "31234\n")
      .file("/etc/sysctl.d/60-lxc.conf", "user.max_user_namespaces=0\nkernel.hostname=other\n");
  const auto settings = configured(tree);
  CHECK(settings.size() == 1);
  CHECK(settings.at("user.max_user_namespaces").value == "0");
  CHECK(settings.at("user.max_user_namespaces").source == "/etc/sysctl.d/60-lxc.conf");
}

TEST_CASE("without /proc/sys, sysctl.d is all that there is") {
  Tree tree;
  tree.file("/usr/lib/sysctl.d/10-apparmor.conf", "kernel.apparmor_restrict_unprivileged_userns = 1\n");
  CHECK(configured(tree).at("kernel.apparmor_restrict_unprivileged_userns").value == "1");
}

TEST_CASE("a later name wins, in whatever directory, and an earlier directory hides the same name") {
  Tree tree;
  tree.file("/usr/lib/sysctl.d/90-late.conf", "user.max_user_namespaces=90\nuser.max_net_namespaces=90\n")
      .file("/etc/sysctl.d/10-early.conf", "user.max_user_namespaces=10\nuser.max_mnt_namespaces=10\n")
      .file("/usr/lib/sysctl.d/95-hidden.conf", "user.max_net_namespaces=95\n")
      .link("/etc/sysctl.d/95-hidden.conf", "/dev/null")
      .file("/run/sysctl.d/97-not-a-conf.txt", "user.max_net_namespaces=97\n");
  auto settings = configured(tree);
  CHECK(settings.at("user.max_user_namespaces").value == "90");
  CHECK(settings.at("user.max_net_namespaces").value == "90");
  CHECK(settings.at("user.max_mnt_namespaces").value == "10");

  tree.file("/etc/sysctl.conf", "user.max_net_namespaces=0\n");
  CHECK(configured(tree).at("user.max_net_namespaces").value == "90");
  settings = configured(tree, false);
  CHECK(settings.at("user.max_net_namespaces").value == "0");
  CHECK(settings.at("user.max_net_namespaces").source == "/etc/sysctl.conf");
}

TEST_CASE("systemd reads /etc/sysctl.conf where a link among the others leads to it") {
  Tree tree;
  tree.file("/etc/sysctl.conf", "user.max_user_namespaces=7\n");
  CHECK(configured(tree).empty());
  tree.link("/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");
  CHECK(configured(tree).at("user.max_user_namespaces").value == "7");
}

TEST_CASE("settings of the kernel's command line stand below those of sysctl.d") {
  Tree tree;
  tree.file("/etc/sysctl.d/50-x.conf", "user.max_net_namespaces=5\n");
  const auto parameters = BootParameters::parse(
      "sysctl.user.max_net_namespaces=1 sysctl/user/max_user_namespaces=0 sysctl.kernel.hostname=x "
      "sysctluser.max_mnt_namespaces=3 sysctl.user.max_uts_namespaces");
  const auto settings = configured(tree, true, boot_parameter_sysctls(parameters, "/proc/cmdline"));
  CHECK(settings.size() == 2);
  CHECK(settings.at("user.max_net_namespaces").value == "5");
  CHECK(settings.at("user.max_user_namespaces").value == "0");
  CHECK(settings.at("user.max_user_namespaces").source == "/proc/cmdline");
}

TEST_CASE("files that mask others are no unreadable files, and links in a circle are") {
  Tree tree;
  tree.link("/etc/sysctl.d/10-mask.conf", "/dev/null").directory("/etc/sysctl.d/20-x.conf");
  tree.directory("/dev").file("/dev/null", "");
  CHECK(unreadable(tree).empty());
  tree.link("/etc/sysctl.d/30-circle.conf", "30-circle.conf");
  REQUIRE(unreadable(tree).size() == 1);
  CHECK(unreadable(tree)[0].about == About::settings);
  CHECK(unreadable(tree)[0].path == "/etc/sysctl.d/30-circle.conf");
}

TEST_CASE("a directory in a file's place is passed over") {
  Tree tree;
  tree.directory("/etc/sysctl.d/10-x.conf").directory("/etc/sysctl.conf");
  CHECK(configured(tree).empty());
}
