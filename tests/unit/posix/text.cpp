#include "posix/text.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>
#include <vector>

using namespace kerneltour::posix;
using namespace std::string_view_literals;
using Pieces = std::vector<std::string_view>;

TEST_CASE("a line is taken without its newline, and the last one needs none") {
  std::string_view rest = "one\n\ntwo";
  CHECK(take_line(rest) == "one");
  CHECK(take_line(rest) == "");
  CHECK(take_line(rest) == "two");
  CHECK(rest.empty());
  CHECK(take_line(rest) == "");
}

TEST_CASE("words are separated by any white space, and a NUL is none") {
  CHECK(words("  a\tb\r\n c\0d "sv) == Pieces{"a", "b", "c\0d"sv});
  CHECK(words(" \n").empty());
}

TEST_CASE("fields are kept where they are empty") {
  CHECK(fields("a,,b,", ',') == Pieces{"a", "", "b", ""});
  CHECK(fields("", ',') == Pieces{""});
}

TEST_CASE("a number is digits and nothing else, and must fit") {
  CHECK(parse_number<std::uint32_t>("4294967295") == 4294967295U);
  CHECK(parse_number<std::uint32_t>("007") == 7U);
  for (const std::string_view text :
       {""sv, "4294967296"sv, "-1"sv, "+1"sv, " 1"sv, "1 "sv, "0x10"sv, "1e3"sv, "1\0"sv, "٣"sv})
    CHECK_FALSE(parse_number<std::uint32_t>(text));
}

TEST_CASE("the beginning of a text is cut between two characters") {
  CHECK(beginning("abc", 3) == "abc");
  CHECK(beginning("abcd", 3) == "abc");
  CHECK(beginning("ab\xc3\xa9", 3) == "ab");
  CHECK(beginning("a\xf0\x9f\x98\x80", 4) == "a");
}
