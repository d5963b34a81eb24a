#include "posix/error.hpp"

#include <doctest/doctest.h>
#include <errno.h>

using namespace kerneltour::posix;

TEST_CASE("an error is told by its text and by its name") {
  CHECK(error_text(ENOENT) == "No such file or directory");
  CHECK(error_name(ENOENT) == "ENOENT");
  CHECK(error_name(EPERM) == "EPERM");
  CHECK(error_name(EOPNOTSUPP) == "EOPNOTSUPP");
}

TEST_CASE("a number that is no error is told as a number") {
  CHECK(error_text(4000) == "Unknown error 4000");
  CHECK(error_name(4000) == "4000");
  CHECK(error_name(0) == "0");
  CHECK(error_name(-1) == "-1");
}

TEST_CASE("a system error says what was being done and why it failed") {
  const SystemError error("cannot open /etc/passwd", EACCES);
  CHECK(std::string(error.what()) == "cannot open /etc/passwd: Permission denied");
  CHECK(error.error() == EACCES);
}
