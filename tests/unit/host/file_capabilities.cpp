#include "host/file_capabilities.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using kerneltour::host::parse_file_capabilities;
using namespace std::string_view_literals;

TEST_CASE("version 2: newuidmap with cap_setuid=ep, as setcap writes it") {
  const auto found = parse_file_capabilities("\1\0\0\2\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv);
  REQUIRE(found);
  CHECK(found->permitted == 1u << 7);
  CHECK(found->root == 0);
}

TEST_CASE("version 2: capabilities above 31 are in the second pair") {
  const auto found = parse_file_capabilities("\0\0\0\2\0\0\0\0\xff\0\0\0\0\1\0\x80\xff\0\0\0"sv);
  REQUIRE(found);
  CHECK(found->permitted == (std::uint64_t{0x80000100} << 32));
}

TEST_CASE("version 3 names the root of the namespace where it counts") {
  const auto found = parse_file_capabilities("\1\0\0\3\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xa0\x86\1\0"sv);
  REQUIRE(found);
  CHECK(found->permitted == 1u << 6);
  CHECK(found->root == 100000);
}

TEST_CASE("version 1 has 32 capabilities") {
  const auto found = parse_file_capabilities("\1\0\0\1\xc0\0\0\x80\0\0\0\0"sv);
  REQUIRE(found);
  CHECK(found->permitted == 0x800000c0);
}

TEST_CASE("bytes of another length or version are no capabilities") {
  const std::string whole("\1\0\0\2\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CHECK_FALSE(parse_file_capabilities(std::string_view(whole).substr(0, length)));
  }
  CHECK_FALSE(parse_file_capabilities(whole + '\0'));
  CHECK_FALSE(parse_file_capabilities("\1\0\0\4\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv));
  CHECK_FALSE(parse_file_capabilities("\1\0\0\0"sv));
  CHECK_FALSE(parse_file_capabilities(std::string(1'000'000, '\xff')));
}
