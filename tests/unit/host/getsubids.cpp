#include "host/getsubids.hpp"

#include <doctest/doctest.h>

using namespace kerneltour::host;
using Ranges = std::vector<SubordinateRange>;

TEST_CASE("each line of getsubids is a range") {
  CHECK(parse_getsubids("0: ann 100000 65536\n1: ann 300000 10\n") ==
        Ranges{{"ann", 100000, 65536, 0}, {"ann", 300000, 10, 0}});
  CHECK(parse_getsubids("0: 1000 4294901760 65535") == Ranges{{"1000", 4294901760, 65535, 0}});
}

TEST_CASE("lines of getsubids that are none are left out") {
  CHECK(parse_getsubids("").empty());
  CHECK(parse_getsubids("Error fetching ranges\n").empty());
  CHECK(parse_getsubids("0: ann 100000\n0: ann 100000 65536 7\n").empty());
  CHECK(parse_getsubids("0: ann -1 65536\n0: ann 100000 4294967296\n0: ann 0x10 5\n").empty());
  CHECK(parse_getsubids("0: ann 100000 0\n").empty());
  CHECK(parse_getsubids("?\n0: ann 1 2\n?\n").size() == 1);
}
