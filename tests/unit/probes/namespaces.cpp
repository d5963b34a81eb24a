#include <doctest/doctest.h>
#include <linux/capability.h>

#include "sandbox.hpp"
#include "support/deny_namespaces.hpp"

using namespace kerneltour::probes;
using namespace kerneltour::tests;
using Result = Outcome::Result;

namespace {

/// What unshare(1) can do, run as the ordinary user.
bool unshare_can(const std::string& command) {
  const std::string as_nobody = geteuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : "";
  return system((as_nobody + "unshare " + command + " >/dev/null 2>&1").c_str()) == 0;
}

bool no_more_user_namespaces() {
  return in_user_namespace() && write_file("/proc/sys/user/max_user_namespaces", "0");
}

bool no_more_network_namespaces() {
  return in_user_namespace() && write_file("/proc/sys/user/max_net_namespaces", "0");
}

}  // namespace

TEST_CASE("a user namespace is powerful where unshare(1) can mount and name the host in one") {
  const bool works =
      unshare_can("--user --map-root-user --mount --uts sh -c \"mount -t tmpfs none /tmp && hostname x\"");
  const Outcome outcome = ask(Id::user_namespace);
  CAPTURE(outcome.says());
  CHECK(outcome.worked() == works);
}

TEST_CASE("a network namespace can be made where unshare(1) can make one") {
  const Outcome outcome = ask(Id::network_namespace);
  CAPTURE(outcome.says());
  CHECK(outcome.worked() == unshare_can("--user --map-root-user --net true"));
}

TEST_CASE("user.max_user_namespaces=0 is ENOSPC at unshare") {
  for (const Id id : {Id::user_namespace, Id::user_namespace_root, Id::network_namespace})
    CHECK(ask_where(no_more_user_namespaces, id).says() == "unshare(CLONE_NEWUSER) = -1 ENOSPC");
}

TEST_CASE("user.max_user_namespaces=0 leaves alone what needs no user namespace") {
  CHECK(ask_where(no_more_user_namespaces, Id::network_namespace_root).worked());
}

TEST_CASE("user.max_net_namespaces=0 is ENOSPC at the network namespace") {
  CHECK(ask_where(no_more_network_namespaces, Id::network_namespace_root).says() ==
        "unshare(CLONE_NEWNET) = -1 ENOSPC");
}

TEST_CASE("a seccomp filter is EPERM at unshare") {
  const auto filtered = [] { return deny_user_namespaces(); };
  for (const Id id : {Id::user_namespace, Id::network_namespace})
    CHECK(ask_where(filtered, id).says() == "unshare(CLONE_NEWUSER) = -1 EPERM");
}

TEST_CASE("root's probes in a user namespace of root's own work") {
  CHECK(ask_where(in_user_namespace, Id::user_namespace_root).worked());
  CHECK(ask_where(in_user_namespace, Id::network_namespace_root).worked());
}

TEST_CASE("in a chroot a user namespace is EPERM, and \"/\" is not the namespace's own") {
  TemporaryDirectory directory;
  const auto changed_root = [&] {
    return with_own_mounts() &&
           mount("/", directory.path().c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0 &&
           chroot(directory.path().c_str()) == 0 && chdir("/") == 0;
  };
  CHECK(ask_where(changed_root, Id::user_namespace).says() == "unshare(CLONE_NEWUSER) = -1 EPERM");
  const Outcome root = ask_where(changed_root, Id::root_directory);
  CAPTURE(root.says());
  CHECK(root.result == Result::wrong);
}

TEST_CASE("where nothing changed it, \"/\" is the namespace's own") {
  CHECK(ask_where(with_own_mounts, Id::root_directory).worked());
}

TEST_CASE("an ID-mapped mount can be called for, and a filter's answer is not mistaken for the kernel's") {
  CHECK(ask(Id::idmapped_mount_call).worked());
}

TEST_CASE("an ID-mapped mount of / shows another owner, or is refused by name") {
  if (!Caller::current().has(CAP_SYS_ADMIN)) {
    MESSAGE("skipped: needs CAP_SYS_ADMIN");
    return;
  }
  const Outcome outcome = ask(Id::idmapped_mount);
  CAPTURE(outcome.says());
  CHECK((outcome.worked() || outcome.result == Result::refused));
}

TEST_CASE("without right over the file system an ID-mapped mount is refused") {
  const Outcome outcome = ask_where(in_user_namespace, Id::idmapped_mount);
  CAPTURE(outcome.says());
  CHECK(outcome.result == Result::refused);
  CHECK(outcome.error == EPERM);
}
