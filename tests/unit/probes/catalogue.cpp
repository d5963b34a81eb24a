#include "probes/catalogue.hpp"

#include <doctest/doctest.h>
#include <linux/capability.h>

#include "sandbox.hpp"

using namespace kerneltour::probes;
using namespace kerneltour::tests;

namespace {

constexpr std::uint64_t everything = ~std::uint64_t{0};
constexpr Identity ann{1000, 1000};

bool may(Id id, Caller caller, Identity ordinary = ann) {
  return may_ask(catalogue()[static_cast<std::size_t>(id)], caller, ordinary);
}

}  // namespace

TEST_CASE("root may ask everything") {
  for (const Probe& probe : catalogue()) CHECK(may_ask(probe, {0, everything}, ann));
}

TEST_CASE("an ordinary user may ask what needs no privilege, as himself only") {
  const Caller caller{1000, 0};
  for (const Id id :
       {Id::psi_read, Id::psi_trigger, Id::user_namespace, Id::network_namespace, Id::idmapped_mount_call,
        Id::so_reuseport, Id::reuseport_bpf, Id::reuseport_migration, Id::systemd_manager, Id::control_group})
    CHECK(may(id, caller));
  for (const Id id :
       {Id::psi_trigger_privileged, Id::user_namespace_root, Id::network_namespace_root, Id::idmapped_mount,
        Id::root_directory, Id::systemd_manager_root, Id::control_group_root})
    CHECK_FALSE(may(id, caller));
  CHECK_FALSE(may(Id::user_namespace, caller, {1001, 1001}));
}

TEST_CASE("a 1 s window is the capability's, not the user's") {
  CHECK(may(Id::psi_trigger_privileged, {1000, std::uint64_t{1} << CAP_SYS_RESOURCE}));
  CHECK_FALSE(may(Id::psi_trigger_privileged, {0, everything & ~(std::uint64_t{1} << CAP_SYS_RESOURCE)}));
}

TEST_CASE("root without CAP_SETUID cannot ask as another user") {
  CHECK_FALSE(may(Id::user_namespace, {0, everything & ~(std::uint64_t{1} << CAP_SETUID)}));
  CHECK(may(Id::user_namespace, {0, 0}, {0, 0}));
}

TEST_CASE("the caller's capabilities are those of /proc/self/status") {
  const std::string status = read_file("/proc/self/status");
  const std::size_t line = status.find("CapEff:\t");
  REQUIRE(line != std::string::npos);
  CHECK(Caller::current().capabilities == std::stoull(status.substr(line + 8), nullptr, 16));
  CHECK(Caller::current().uid == geteuid());
}
