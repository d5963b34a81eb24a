#include "commands/prepare_report.hpp"

#include <doctest/doctest.h>

using namespace kerneltour;
using commands::PreparedFix;

namespace {

PreparedFix step(const std::string& id, const std::vector<std::string>& features,
                 PreparedFix::Outcome outcome) {
  features::Fix fix;
  fix.id = id;
  return {{fix, features}, outcome, {}};
}

/// One step of which that came.
commands::Preparation with(PreparedFix::Outcome outcome) {
  auto one = step("boot-parameter:psi=1", {"psi"}, outcome);
  one.planned.fix.summary = "put psi=1 on the kernel command line";
  one.planned.fix.commands = {"update-grub"};
  one.planned.fix.reboot = true;
  return {{one}, {}, {}};
}

bool has(const std::string& text, const char* words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("what waits for a reboot is not planned again, and the reboot is what is wanting") {
  const auto waiting = with(PreparedFix::Outcome::waiting);
  const auto plan = as_text(waiting, {});
  CHECK(
      has(plan,
          "Done already, and in force from the next boot on:\n  put psi=1 on the kernel command line (psi)"));
  CHECK_FALSE(has(plan, "update-grub"));
  CHECK_FALSE(has(plan, "kerneltour does"));
  CHECK(has(tell_outcome(waiting, {}), "Reboot, "));
  CHECK_FALSE(has(tell_outcome(waiting, {}), "undo"));
  CHECK(has(as_json(waiting, {}), "\"outcome\": \"waiting\""));
  CHECK(has(as_json(waiting, {}), "\"reboot\": true"));
}

TEST_CASE("a reboot is wanting once what takes one is done, and not before") {
  CHECK_FALSE(has(tell_outcome(with(PreparedFix::Outcome::planned), {}), "Reboot"));
  CHECK(has(tell_outcome(with(PreparedFix::Outcome::done), {}), "Reboot"));
  CHECK_FALSE(has(tell_outcome(with(PreparedFix::Outcome::failed), {}), "Reboot"));
}

TEST_CASE("a step is left out where one failed that the same feature wants, and no other") {
  const auto planned = PreparedFix::Outcome::planned;
  const auto ids = step("subordinate-ids:ann", {"subordinate-ids"}, planned);
  const auto psi = step("boot-parameter:psi=1", {"psi", "psi-triggers"}, planned);
  commands::Preparation preparation;
  preparation.steps = {step("package:uidmap", {"lxc", "subordinate-ids"}, PreparedFix::Outcome::failed), ids,
                       psi};
  CHECK(needs_what_failed(ids, preparation));
  CHECK_FALSE(needs_what_failed(psi, preparation));
  preparation.steps[0].outcome = PreparedFix::Outcome::done;
  CHECK_FALSE(needs_what_failed(ids, preparation));
}
