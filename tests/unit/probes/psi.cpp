#include <doctest/doctest.h>
#include <linux/capability.h>

#include "sandbox.hpp"

using namespace kerneltour::probes;
using namespace kerneltour::tests;
using Result = Outcome::Result;

namespace {

/// Whether a shell, run as the ordinary user, can do it.
bool shell(const std::string& command) {
  const std::string as_nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups sh -c '";
  const std::string run = geteuid() == 0 ? as_nobody : "sh -c '";
  return system((run + command + "' 2>/dev/null >/dev/null").c_str()) == 0;
}

Outcome ask_with_pressure_file(const std::string& text, Id id) {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/cpu";
  write_file(path, text);
  return ask_where(
      [&] {
        return with_own_mounts() && mount(path.c_str(), "/proc/pressure/cpu", nullptr, MS_BIND, nullptr) == 0;
      },
      id);
}

}  // namespace

TEST_CASE("pressure can be read where it can be read by other means") {
  CHECK(ask(Id::psi_read).worked() == read_file("/proc/pressure/cpu").starts_with("some"));
}

TEST_CASE("a trigger can be armed where a shell can arm one") {
  CHECK(ask(Id::psi_trigger).worked() == shell("printf \"some 150000 2000000\\0\" >/proc/pressure/cpu"));
}

TEST_CASE("a window of 1 s needs the capability, whoever asks") {
  if (!ask(Id::psi_trigger).worked()) {
    MESSAGE("skipped: no trigger can be armed here");
    return;
  }
  const Outcome without = from_bytes(in_child([] {
    LastCall last;
    if (!become(last, ordinary_user())) return to_bytes(last.outcome());
    Namespaces own;
    return to_bytes(psi_trigger_privileged(own));
  }));
  CHECK(without.says() == "write(/proc/pressure/cpu, \"some 150000 1000000\") = -1 EINVAL");
}

TEST_CASE("with CAP_SYS_RESOURCE a window of 1 s can be armed") {
  // In a user namespace of one's own one has it, and psi_trigger_create() asks no more than that.
  const Outcome with = ask_where(in_user_namespace, Id::psi_trigger_privileged);
  if (!ask(Id::psi_trigger).worked() || with.call.empty()) {
    MESSAGE("skipped: no trigger can be armed here, or no user namespace made");
    return;
  }
  CHECK(with.says() == "write(/proc/pressure/cpu, \"some 150000 1000000\") worked");
}

TEST_CASE("pressure files that are not there are refused at open") {
  TemporaryDirectory empty;
  const auto hidden = [&] {
    return with_own_mounts() && mount(empty.path().c_str(), "/proc/pressure", nullptr, MS_BIND, nullptr) == 0;
  };
  CHECK(ask_where(hidden, Id::psi_read).says() == "open(/proc/pressure/cpu, O_RDONLY) = -1 ENOENT");
  CHECK(ask_where(hidden, Id::psi_trigger).says() == "open(/proc/pressure/cpu, O_RDWR) = -1 ENOENT");
}

TEST_CASE("what is no pressure in a pressure file's place is wrong") {
  CHECK(ask_with_pressure_file("", Id::psi_read).result == Result::wrong);
  CHECK(ask_with_pressure_file("full avg10=0.00", Id::psi_read).result == Result::wrong);
  CHECK(ask_with_pressure_file("some avg10=0.00", Id::psi_read).worked());
}
