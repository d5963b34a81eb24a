#include "posix/shell.hpp"

#include <doctest/doctest.h>
#include <stdio.h>

#include <array>
#include <string>

using kerneltour::posix::shell_quoted;

namespace {

/// What sh(1) makes of the word.
std::string read_by_shell(const std::string& text) {
  FILE* const output = popen(("printf %s " + shell_quoted(text)).c_str(), "r");  // NOLINT(cert-env33-c)
  REQUIRE(output);
  std::array<char, 256> bytes = {};
  const auto length = fread(bytes.data(), 1, bytes.size(), output);
  CHECK(pclose(output) == 0);
  return {bytes.data(), length};
}

}  // namespace

TEST_CASE("a plain word needs no quotes") {
  CHECK(shell_quoted("linux-image-6.1.0+deb13-amd64") == "linux-image-6.1.0+deb13-amd64");
}

TEST_CASE("the shell reads a quoted word as it was") {
  for (const std::string text :
       {"", "a b", "a$(id)", "a'b", "AD\\user", "`id`", "a;b", "*", "'", "\"", "~", "é"}) {
    CAPTURE(text);
    CHECK(read_by_shell(text) == text);
  }
}
