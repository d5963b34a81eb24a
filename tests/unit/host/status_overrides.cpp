#include "host/status_overrides.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using kerneltour::host::parse_status_overrides;
using namespace std::string_view_literals;
using Paths = std::vector<std::string>;

TEST_CASE("the paths of dpkg's overrides are read, spaces in them included") {
  CHECK(parse_status_overrides("root messagebus 4754 /usr/lib/dbus-1.0/dbus-daemon-launch-helper\n"
                               "root root 0755 /usr/bin/newuidmap\n"
                               "#0 #27 2755 /opt/a b\n") ==
        Paths{"/usr/lib/dbus-1.0/dbus-daemon-launch-helper", "/usr/bin/newuidmap", "/opt/a b"});
}

TEST_CASE("lines that are no overrides are left out") {
  CHECK(parse_status_overrides("").empty());
  CHECK(parse_status_overrides(
            "root root 0755\nroot root 0755 relative\n/usr/bin/newuidmap\n\0\xff \0 \0 \0\n"sv)
            .empty());
}
