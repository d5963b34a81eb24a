#include "kernels/checksums.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace kerneltour::kernels;

namespace {

const std::string a(64, 'a'), b(64, 'b'), sha1(40, 'c');

std::string block(const std::string& lines) { return "# Checksums-Sha256:\n" + lines; }

std::string refusal(const std::string& text) {
  try {
    parse_checksums(text);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("the sums are those of the SHA-256 block") {
  const auto sums = parse_checksums(
      "# Checksums, check with the command below:\n#     shasum -c CHECKSUMS\n#\n"
      "# Checksums-Sha1:\n" +
      sha1 + "  one_1_all.deb\n\n#\n# Checksums-Sha256:\n" + a + "  one_1_all.deb\n" + b +
      " *COMMIT\r\n# Checksums-Sha512:\nanything  at all\n");
  CHECK(sums == Checksums{{"one_1_all.deb", a}, {"COMMIT", b}});
}

TEST_CASE("sums have lower case") {
  CHECK(parse_checksums(block(std::string(64, 'A') + "  x\n")).at("x") == a);
}

TEST_CASE("without SHA-256 nothing is proved") {
  const std::string sentence = "CHECKSUMS has no SHA-256 of any file, and other sums prove nothing today";
  CHECK(refusal("# Checksums-Sha1:\n" + sha1 + "  one_1_all.deb\n") == sentence);
  CHECK(refusal("") == sentence);
  CHECK(refusal(block("")) == sentence);
  CHECK(refusal(a + "  in-no-block\n") == sentence);
}

TEST_CASE("a line that is no sum is refused, with its number") {
  for (const auto& line : {sha1 + "  x", a, a + "  ", "x  " + a, a + a + "  x", a + "\tx"}) {
    CAPTURE(line);
    CHECK(refusal(block(a + "  good\n" + line + "\n")).starts_with("CHECKSUMS, line 3, "));
  }
}

TEST_CASE("names that are no plain file names are refused") {
  for (const auto* name : {"../x", "/etc/passwd", "a/b", ".", "..", ".hidden", "-o", "a b", "a\x01", "a'b",
                           "a\"b", "a$b", "\xc3\xa4"}) {
    CAPTURE(name);
    CHECK(refusal(block(a + "  " + name + "\n")) == "CHECKSUMS, line 2, names a file as no package is named");
  }
  CHECK_FALSE(is_plain_file_name(std::string(256, 'x')));
  CHECK(is_plain_file_name(
      "linux-image-unsigned-6.17.0-061700rc6-generic_6.17.0-061700rc6.202509142038_amd64.deb"));
}

TEST_CASE("one file may be there twice with one sum, and not with two") {
  CHECK(parse_checksums(block(a + "  x\n" + a + "  x\n")).size() == 1);
  CHECK(refusal(block(a + "  x\n" + b + "  x\n")) == "CHECKSUMS has two different sums of x");
}
