#include <doctest/doctest.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "probes/loopback.hpp"
#include "sandbox.hpp"

using namespace kerneltour::probes;
using namespace kerneltour::tests;
using Result = Outcome::Result;

namespace {

/// The setting of ip-sysctl in a place where it is a plain file that no kernel looks at.
bool with_powerless_settings() {
  const std::string directory = "/proc/sys/net/ipv4";
  return with_own_mounts() && mount("tmpfs", "/proc/sys", "tmpfs", 0, nullptr) == 0 &&
         std::filesystem::create_directories(directory) && write_file(directory + "/tcp_migrate_req", "0");
}

}  // namespace

TEST_CASE("two sockets share a port") {
  const Outcome outcome = ask(Id::so_reuseport);
  CAPTURE(outcome.says());
  CHECK(outcome.worked());
  CHECK(outcome.call.starts_with("bind(udp 127.0.0.1:"));
}

TEST_CASE("a port whose first socket does not share it is refused to the second") {
  for (const Protocol protocol : {Protocol::tcp, Protocol::udp}) {
    LastCall last;
    const Bound first = bind_loopback(last, protocol, Sharing::none, 0, "first socket");
    REQUIRE(first.file);
    REQUIRE(first.port != 0);
    const Bound second = bind_loopback(last, protocol, Sharing::reuseport, first.port, "second socket");
    CHECK_FALSE(second.file);
    CHECK(last.outcome().result == Result::refused);
    CHECK(last.outcome().error == EADDRINUSE);
    CHECK(last.outcome().call.ends_with(", second socket"));
  }
}

TEST_CASE("a BPF program chooses the socket") {
  for (int i = 0; i < 10; ++i) {  // the sender's address, and so its hash, is another each time
    const Outcome outcome = ask(Id::reuseport_bpf);
    CAPTURE(outcome.says());
    CHECK(outcome.worked());
  }
}

TEST_CASE("a closed listener's queue moves on where the kernel can do that") {
  const bool can = std::filesystem::exists("/proc/sys/net/ipv4/tcp_migrate_req");
  for (int i = 0; i < 10; ++i) {
    const Outcome outcome = ask(Id::reuseport_migration);
    CAPTURE(outcome.says());
    CHECK(outcome.worked() == can);
  }
}

TEST_CASE("a closed listener's queue that does not move on is noticed") {
  const Outcome outcome = ask_where(with_powerless_settings, Id::reuseport_migration);
  CHECK(outcome.says() == "accept(client 1 of 3), by the other listener did not give what it promises");
}

TEST_CASE("a kernel without the setting refuses at its file") {
  const Outcome outcome =
      ask_where([] { return with_own_mounts() && mount("tmpfs", "/proc/sys", "tmpfs", 0, nullptr) == 0; },
                Id::reuseport_migration);
  CHECK(outcome.says() == "open(/proc/sys/net/ipv4/tcp_migrate_req, O_WRONLY) = -1 ENOENT");
}

TEST_CASE("a host whose loopback interface is down refuses the address") {
  const Outcome outcome =
      ask_where([] { return in_user_namespace() && unshare(CLONE_NEWNET) == 0; }, Id::reuseport_bpf);
  CAPTURE(outcome.says());
  CHECK(outcome.result == Result::refused);
}

TEST_CASE("nothing to accept is told after a short while") {
  LastCall last;
  const Bound socket = bind_loopback(last, Protocol::udp, Sharing::none, 0, "only socket");
  REQUIRE(socket.file);
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(receive_datagram(socket.file.get()));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}
