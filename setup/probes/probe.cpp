#include "probes/probe.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "posix/error.hpp"
#include "probes/answer.hpp"
#include "probes/catalogue.hpp"
#include "probes/open_files.hpp"
#include "probes/ordinary_user.hpp"

namespace kerneltour::probes {
namespace {

using Clock = std::chrono::steady_clock;
using Result = Outcome::Result;

const Probe& probe_of(Id id) { return catalogue()[static_cast<std::size_t>(id)]; }

/// Runs in the child: asks one after the other, and sends each answer before the next is asked.
void ask_all(const std::vector<Id>& ids, Identity ordinary, int pipe) {
  LastCall last;
  Namespaces own;
  const bool as_wanted = probe_of(ids.front()).asker != Asker::ordinary_user || become(last, ordinary);
  for (const Id id : ids)
    if (!send(pipe, as_wanted ? probe_of(id).ask(own) : last.outcome())) return;
}

/// Those of `wanted` that this child asks, in its order.
std::vector<Id> series_of(Asker asker, std::span<const Id> wanted, Identity ordinary) {
  const Caller caller = Caller::current();
  std::vector<Id> ids;
  for (const Id id : wanted)
    if (probe_of(id).asker == asker && may_ask(probe_of(id), caller, ordinary)) ids.push_back(id);
  std::stable_sort(ids.begin(), ids.end(), [](Id a, Id b) { return probe_of(a).order < probe_of(b).order; });
  return ids;
}

/// Takes what was sent into `answers` and away from `ids`.
void take_answers(std::vector<Id>& ids, std::string_view bytes, Answers& answers) {
  const auto outcomes = all_sent(bytes);
  const auto answered = std::min(outcomes.size(), ids.size());
  for (std::size_t i = 0; i < answered; ++i) answers[ids[i]] = outcomes[i];
  ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(answered));
}

}  // namespace

std::string Outcome::says() const {
  switch (result) {
    case Result::not_asked:
      return "not asked";
    case Result::worked:
      return call + " worked";
    case Result::refused:
      return fmt::format("{} = -1 {}", call, posix::error_name(error));
    case Result::wrong:
      return call + " did not give what it promises";
    case Result::timed_out:
      return "no answer in time";
    case Result::died:
      return "ended without an answer";
    case Result::not_started:
      return fmt::format("not started: {} = -1 {}", call, posix::error_name(error));
  }
  return {};
}

Asking::Asking(std::span<const Id> wanted, Identity ordinary, std::chrono::milliseconds limit)
    : ordinary_(ordinary), limit_(limit) {
  started_.reserve(askers.size());
  for (const Asker asker : askers) {
    auto ids = series_of(asker, wanted, ordinary);
    if (!ids.empty()) started_.push_back(start(std::move(ids)));
  }
}

Asking::Series Asking::start(std::vector<Id> ids) const {
  const auto deadline = Clock::now() + limit_;
  posix::Child child([&](int pipe) {
    // A probe may become another user, who could then trace it (ptrace(2)).
    close_all_but(pipe);
    ask_all(ids, ordinary_, pipe);
  });
  return {std::move(ids), std::move(child), deadline};
}

Answers Asking::collect() {
  Answers answers;
  // The vector grows while it is gone through: by what a child did not come to.
  for (std::size_t i = 0; i < started_.size(); ++i) {
    auto ids = started_[i].ids;
    if (const auto& failure = started_[i].child.failure()) {
      for (const Id id : ids) answers[id] = {Result::not_started, failure->call, failure->error};
      continue;
    }
    const posix::Answer sent = started_[i].child.answer(started_[i].deadline);
    take_answers(ids, sent.bytes, answers);
    if (ids.empty()) continue;
    answers[ids.front()] = {sent.in_time ? Result::died : Result::timed_out, {}, 0};
    ids.erase(ids.begin());
    if (!ids.empty()) started_.push_back(start(std::move(ids)));
  }
  return answers;
}

}  // namespace kerneltour::probes
