#include <doctest/doctest.h>
#include <errno.h>
#include <unistd.h>

#include <array>

#include "probes/answer.hpp"
#include "probes/last_call.hpp"

using namespace kerneltour::probes;
using Result = Outcome::Result;

TEST_CASE("an outcome says the call and the kernel's answer") {
  CHECK(Outcome{Result::refused, "unshare(CLONE_NEWUSER)", EPERM}.says() ==
        "unshare(CLONE_NEWUSER) = -1 EPERM");
  CHECK(Outcome{Result::worked, "mount(tmpfs, /tmp)", 0}.says() == "mount(tmpfs, /tmp) worked");
  CHECK(Outcome{Result::wrong, "recv(udp)", 0}.says() == "recv(udp) did not give what it promises");
  CHECK(Outcome{Result::timed_out, "", 0}.says() == "no answer in time");
  CHECK(Outcome{Result::died, "", 0}.says() == "ended without an answer");
  CHECK(Outcome{Result::not_started, "fork()", EAGAIN}.says() == "not started: fork() = -1 EAGAIN");
  CHECK(Outcome{}.says() == "not asked");
}

TEST_CASE("an outcome comes through the pipe as it was") {
  for (const Outcome& sent : {Outcome{Result::worked, "setns(/proc/self/ns/mnt, CLONE_NEWNS)", 0},
                              Outcome{Result::refused, "write(/proc/self/uid_map, \"0 1000 1\")", EPERM},
                              Outcome{Result::wrong, "", 0}}) {
    const Outcome got = from_bytes(to_bytes(sent));
    CHECK(got.result == sent.result);
    CHECK(got.call == sent.call);
    CHECK(got.error == sent.error);
  }
}

TEST_CASE("bytes that are no outcome mean that the child died") {
  for (const char* bytes :
       {"", "1", "1 ", "1 0", "x 0 call", "1 x call", "99 0 call", "-1 0 call", "0 0 call"}) {
    CAPTURE(bytes);
    CHECK(from_bytes(bytes).result == Result::died);
  }
}

TEST_CASE("outcomes come through the pipe in their order, and one that was cut off is none") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  CHECK(send(ends[1], {Result::worked, "first", 0}));
  CHECK(send(ends[1], {Result::refused, "second", EPERM}));
  std::array<char, 256> bytes;
  const ssize_t length = read(ends[0], bytes.data(), bytes.size());
  REQUIRE(length > 0);
  const std::string_view sent(bytes.data(), static_cast<std::size_t>(length));
  REQUIRE(all_sent(sent).size() == 2);
  CHECK(all_sent(sent)[0].says() == "first worked");
  CHECK(all_sent(sent)[1].says() == "second = -1 EPERM");
  CHECK(all_sent(sent.substr(0, sent.size() - 1)).size() == 1);
  CHECK(all_sent("").empty());
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a call that fails is the last one, with its error") {
  LastCall last;
  CHECK(last.made("getpid()", 1));
  errno = ENOSPC;
  CHECK_FALSE(last.made("unshare(CLONE_NEWUSER)", -1));
  CHECK(last.outcome().says() == "unshare(CLONE_NEWUSER) = -1 ENOSPC");
}

TEST_CASE("a file that cannot be opened and one that cannot be written are told apart") {
  LastCall last;
  CHECK_FALSE(last.wrote("/nonexistent", "1"));
  CHECK(last.outcome().says() == "open(/nonexistent, O_WRONLY) = -1 ENOENT");
  CHECK_FALSE(last.wrote("/dev/full", "1"));
  CHECK(last.outcome().says() == "write(/dev/full, \"1\") = -1 ENOSPC");
  CHECK(last.wrote("/dev/null", "1"));
}
