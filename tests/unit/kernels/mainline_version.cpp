#include "kernels/mainline_version.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace kerneltour::kernels;

namespace {

MainlineVersion version(std::string_view text) { return parse_mainline_version(text).value(); }

}  // namespace

TEST_CASE("a version is read with or without its v, and prints as its folder") {
  CHECK(version("v6.9") == MainlineVersion{{6, 9, 0}});
  CHECK(version("6.9.3") == MainlineVersion{{6, 9, 3}});
  CHECK(version("6.10-rc1") == MainlineVersion{{6, 10, 0}, 1});
  CHECK(version("5.10.251") == MainlineVersion{{5, 10, 251}});
  for (const auto* folder : {"v6.9", "v6.9.3", "v6.10-rc1", "v5.10.251"})
    CHECK(folder_of(version(folder)) == folder);
  CHECK(folder_of(version("6.9.0")) == "v6.9");
}

TEST_CASE("what is no version is none") {
  for (const auto* text : {"", "v", "6", "v6.", "v6.9.", "vv6.9", "V6.9", "v4.4.10-xenial",
                           "v5.12-rc1-dontuse", "daily", "v6.9-rc", "v6.9-rc+1", "v6.9-rc-1", "v6.9 ",
                           " v6.9", "v6.9.3.4", "v6.9/", "v99999999999.1", "v6.9-rc4294967295"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_mainline_version(text));
  }
}

TEST_CASE("a candidate comes before its release and behind all that was released before") {
  const std::vector<MainlineVersion> ordered = {
      version("4.20"),     version("6.9"),       version("6.9.3"), version("6.9.10"), version("6.10-rc1"),
      version("6.10-rc2"), version("6.10-rc10"), version("6.10"),  version("6.10.1")};
  CHECK(std::is_sorted(ordered.begin(), ordered.end()));
  CHECK(std::adjacent_find(ordered.begin(), ordered.end()) == ordered.end());
}

TEST_CASE("a candidate has what its release has") {
  CHECK(version("4.20-rc1").at_least({4, 20, 0}));
  CHECK_FALSE(version("4.19.300").at_least({4, 20, 0}));
}
