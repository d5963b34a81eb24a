#include "host/user_manager.hpp"

#include <doctest/doctest.h>

using namespace kerneltour::host;

TEST_CASE("root's manager is systemd itself, and others have theirs below /run/user") {
  CHECK(manager_sockets(0).manager == "/run/systemd/private");
  CHECK(manager_sockets(0).bus == "/run/dbus/system_bus_socket");
  CHECK(manager_sockets(1000).manager == "/run/user/1000/systemd/private");
  CHECK(manager_sockets(1000).bus == "/run/user/1000/bus");
  CHECK(manager_group(1000) == "/user.slice/user-1000.slice/user@1000.service");
}

TEST_CASE("a drop-in tells whose it is") {
  CHECK(delegation_drop_in(1000) == "/etc/systemd/system/user@1000.service.d/zz-kerneltour.conf");
  CHECK(user_of_drop_in(delegation_drop_in(1000)) == 1000);
  for (const auto* path : {"/etc/systemd/system/user@.service.d/zz-kerneltour.conf",
                           "/etc/systemd/system/user@ann.service.d/zz-kerneltour.conf",
                           "/etc/systemd/system/user@1000.service.d/other.conf", "/etc/systemd/system/user@",
                           "/etc/subuid", ""}) {
    CAPTURE(path);
    CHECK_FALSE(user_of_drop_in(path));
  }
}

TEST_CASE("a user's lingering file has the user's name, where logind would write it so") {
  CHECK(lingering_file("ann") == "/var/lib/systemd/linger/ann");
  CHECK(lingering_file("ann.smith@example.org") == "/var/lib/systemd/linger/ann.smith@example.org");
  for (const auto* name : {"", "..", "DOM\\ann", "a/b", "o'hara", "zo\xc3\xab"}) {
    CAPTURE(name);
    CHECK_FALSE(lingering_file(name));
  }
}
