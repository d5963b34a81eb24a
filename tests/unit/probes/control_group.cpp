#include "probes/control_group.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "sandbox.hpp"

using namespace kerneltour::probes;
using namespace kerneltour::tests;

namespace {

enum class Has { nothing, manager, manager_and_bus };

bool listens(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int socket_ = socket(AF_UNIX, SOCK_STREAM, 0);  // the child's, to its end
  return bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
         listen(socket_, 1) == 0;
}

/// A /run of its own, where root's manager answers or does not.
bool make_run(Has has) {
  if (!with_own_mounts() || mount("none", "/run", "tmpfs", 0, nullptr) != 0) return false;
  if (has == Has::nothing) return true;
  if (mkdir("/run/systemd", 0755) != 0 || !listens("/run/systemd/private")) return false;
  if (has == Has::manager) return true;
  return mkdir("/run/dbus", 0755) == 0 && listens("/run/dbus/system_bus_socket");
}

/// What root's probe says there; empty where no such place can be made here.
std::string ask_with(Has has) {
  if (geteuid() != 0) return {};
  return ask_where([&] { return make_run(has); }, Id::systemd_manager_root).says();
}

}  // namespace

TEST_CASE("a manager answers where it listens and has a bus") {
  if (geteuid() != 0) {
    MESSAGE("skipped: only root can cover /run");
    return;
  }
  CHECK(ask_with(Has::nothing) == "connect(/run/systemd/private) = -1 ENOENT");
  CHECK(ask_with(Has::manager) == "access(/run/dbus/system_bus_socket, W_OK) = -1 ENOENT");
  CHECK(ask_with(Has::manager_and_bus) == "access(/run/dbus/system_bus_socket, W_OK) worked");
}

TEST_CASE("groups may be made where the directory and its cgroup.procs may be written") {
  TemporaryDirectory directory;
  LastCall last;
  CHECK_FALSE(may_make_groups(last, directory.path()));
  CHECK(last.outcome().says() == "access(" + directory.path() + "/cgroup.procs, W_OK) = -1 ENOENT");
  write_file(directory.path() + "/cgroup.procs", "");
  CHECK(may_make_groups(last, directory.path()));
  CHECK_FALSE(may_make_groups(last, directory.path() + "/none"));
}

TEST_CASE("groups can be made in the directory that was found, where the kernel was said to allow it") {
  if (!ask(Id::control_group_root).worked()) {
    MESSAGE("skipped: there is no place for control groups here");
    return;
  }
  const auto group = group_directory() + "/kerneltour-test";
  CHECK(mkdir(group.c_str(), 0755) == 0);
  CHECK(rmdir(group.c_str()) == 0);
}

TEST_CASE("without version 2 there is no place") {
  const auto unmounted = [] {
    return with_own_mounts() && mount("none", "/sys/fs/cgroup", "tmpfs", 0, nullptr) == 0;
  };
  if (geteuid() != 0) return;
  const auto outcome = ask_where(unmounted, Id::control_group_root);
  CHECK(outcome.says().ends_with("= -1 ENOENT"));
}
