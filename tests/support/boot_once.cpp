// What `kerneltour kernel` does to have a kernel booted, without the packages, for tests/vm/boot-once.
//
//   boot-once boot once|default|no RELEASE [--panic SECONDS] [PARAMETER...]
//   boot-once undo | status | kernel confirm
//
// In the kernel on trial, "kernel confirm" finds that what the file /etc/kernel-problem says is missing.

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "fixes/boot_obstacles.hpp"
#include "fixes/boot_plan.hpp"
#include "fixes/boot_trial.hpp"
#include "fixes/confirm_trial.hpp"
#include "host/facts.hpp"
#include "posix/text.hpp"

using namespace kerneltour;

namespace {

void say_waiting(const std::string& holder) { std::cerr << "waiting for " << holder << '\n'; }

fixes::Journal open_journal() {
  ::umask(022);
  fixes::Journal journal(fixes::journal_directory, say_waiting);
  for (const auto& sentence : journal.settled()) std::cout << "settled: " << sentence << '\n';
  return journal;
}

host::BootSetup setup_now() {
  const auto host = host::Host::running();
  host::Reader reader(host);
  return read_boot_setup(reader);
}

std::optional<fixes::Trial> trial_now() {
  const auto kept = fixes::read_journal(fixes::journal_directory);
  const auto* change = fixes::trial_change(kept);
  return change ? std::optional(fixes::trial_of(*change)) : std::nullopt;
}

int boot(const std::vector<std::string>& words) {
  fixes::BootRequest request{words.at(1), fixes::parse_boot_choice(words.at(0)).value(), {}, 30};
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "--panic")
      request.panic = posix::parse_number<unsigned>(words.at(++i)).value();
    else
      request.parameters.push_back(words[i]);
  }
  auto journal = open_journal();
  const auto setup = setup_now();
  const auto facts = host::read_facts(host::Host::running(), {});
  for (const auto& obstacle : boot_obstacles(setup, facts.confinement, request, true)) {
    std::cout << obstacle.id << ": " << obstacle.reason << "; " << obstacle.instead << '\n';
    return 1;
  }
  const auto lock = fixes::lock_of(fixes::boot_trial, say_waiting);
  const auto plan = plan_boot(setup, trial_now(), request);
  for (const auto& note : plan.notes) std::cout << note << '\n';
  if (plan.changes()) std::cout << journal.make(change_of(plan)).summary << '\n';
  return 0;
}

int undo() {
  auto journal = open_journal();
  const auto kept = fixes::read_journal(fixes::journal_directory);
  const auto last = std::find_if(kept.changes.rbegin(), kept.changes.rend(), [](const fixes::Change& change) {
    return change.stage == fixes::Stage::made;
  });
  if (last == kept.changes.rend()) return 0;
  const auto& kind = fixes::kind_of(last->kind);
  if (const auto obstacle = kind.obstacle(*last); !obstacle.empty()) throw std::runtime_error(obstacle);
  const auto lock = fixes::lock_of(kind, say_waiting);
  journal.take_back(*last);
  return 0;
}

int status() {
  for (const auto& change : fixes::read_journal(fixes::journal_directory).changes)
    std::cout << id_of(change) << ' ' << name_of(change.stage) << ' ' << change.summary << '\n';
  std::cout << fixes::trial_failure();
  return 0;
}

std::string problem() {
  const auto file = host::Host::running().read("/etc/kernel-problem");
  return std::string(posix::trim(file.text));
}

int confirm() {
  auto journal = open_journal();
  const auto came = confirm_trial(journal, fixes::journal_directory, say_waiting, problem);
  std::cout << name_of(came.outcome) << '\n' << came.says;
  return came.outcome == fixes::Confirmation::Outcome::failed ? 1 : 0;
}

int run(const std::vector<std::string>& words) {
  if (words.size() > 2 && words[0] == "boot") return boot({words.begin() + 1, words.end()});
  if (words == std::vector<std::string>{"undo"}) return undo();
  if (words == std::vector<std::string>{"status"}) return status();
  if (words == std::vector<std::string>{"kernel", "confirm"}) return confirm();
  std::cerr << "boot-once boot|undo|status|kernel confirm\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "boot-once: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
