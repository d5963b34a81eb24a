#include "fixes/confirm_trial.hpp"

#include <doctest/doctest.h>

#include "unit/fixes/boot_setups.hpp"

using namespace kerneltour;
using namespace kerneltour::fixes;
using Outcome = Confirmation::Outcome;

namespace {

std::string nothing() { return {}; }
std::string no_psi() { return "psi: /proc/pressure is missing"; }

/// A trial that was chosen in the boot before this one.
Trial trial_of(const std::string& release) { return {release, test::running, {}, "boot-0", false}; }

Confirmation judged(const Trial& trial, const host::BootSetup& setup, std::string (*problem)() = nothing) {
  return judge_trial(trial, setup, "", problem);
}

}  // namespace

TEST_CASE("a kernel that runs and does what it should is confirmed") {
  CHECK(judged(trial_of(test::running), test::debian12()).outcome == Outcome::confirmed);
}

TEST_CASE("a kernel that runs and lacks something has failed, with what it lacks") {
  const auto came = judged(trial_of(test::running), test::debian12(), no_psi);
  CHECK(came.outcome == Outcome::failed);
  CHECK(came.says == "it runs, and yet psi: /proc/pressure is missing\n");
}

TEST_CASE("the trial waits as long as the machine was not started again") {
  auto trial = trial_of("6.12.9");
  trial.boot_id = "boot-1";
  CHECK(judged(trial, test::debian12()).outcome == Outcome::waiting);
}

TEST_CASE("the trial waits where the machine was started without GRUB, as by kexec(8)") {
  auto setup = test::debian12();
  setup.environment["next_entry"] = trial_entry_id;
  CHECK(judged(trial_of("6.12.9"), setup).outcome == Outcome::waiting);
}

TEST_CASE("a kernel that does not run after its start has failed") {
  auto setup = test::debian12();
  setup.installed.emplace_back("6.12.9");
  const auto came = judged(trial_of("6.12.9"), setup);
  CHECK(came.outcome == Outcome::failed);
  CHECK(came.says.find("did not stay: Linux 6.1.0-56-cloud-amd64 runs") != std::string::npos);
}

TEST_CASE("a kernel that GRUB could not load is told from one that did not stay") {
  auto setup = test::debian12();
  setup.command_line = "ro quiet kerneltour.trial=not-loaded";
  CHECK(judged(trial_of("6.12.9"), setup).says.find("GRUB could not load") == 0);
}

TEST_CASE("a kernel that is not there is not said to have been started") {
  const auto came = judged(trial_of("6.12.9"), test::debian12());
  CHECK(came.outcome == Outcome::failed);
  CHECK(came.says.find("it is not installed: ") == 0);
}

TEST_CASE("what has failed stays so, also when it runs later") {
  const auto came = judge_trial(trial_of(test::running), test::debian12(), "it panicked\n", nothing);
  CHECK(came.outcome == Outcome::failed);
  CHECK(came.says == "it panicked\n");
}
