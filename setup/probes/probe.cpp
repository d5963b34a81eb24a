#include "probes/probe.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "posix/error.hpp"
#include "probes/answer.hpp"
#include "probes/catalogue.hpp"
#include "probes/open_files.hpp"
#include "probes/ordinary_user.hpp"

namespace kerneltour::probes {
namespace {

Outcome ask(const Probe& probe, Identity ordinary) {
  LastCall last;
  if (probe.as == As::ordinary_user && !become(last, ordinary)) return last.outcome();
  return probe.ask();
}

std::vector<const Probe*> in_starting_order(std::span<const Id> wanted) {
  std::vector<const Probe*> order;
  for (const Id id : wanted) order.push_back(&catalogue()[static_cast<std::size_t>(id)]);
  std::stable_sort(order.begin(), order.end(),
                   [](const Probe* a, const Probe* b) { return a->order < b->order; });
  return order;
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
  }
  return {};
}

Asking::Asking(std::span<const Id> wanted, Identity ordinary, std::chrono::milliseconds limit)
    : deadline_(std::chrono::steady_clock::now() + limit) {
  const Caller caller = Caller::current();
  started_.reserve(wanted.size());
  for (const Probe* probe : in_starting_order(wanted)) {
    if (!may_ask(*probe, caller, ordinary)) continue;
    started_.push_back({probe->id, posix::Child([&](int pipe) {
                          // A probe may become another user, who could then trace it (ptrace(2)).
                          close_all_but(pipe);
                          const std::string bytes = to_bytes(ask(*probe, ordinary));
                          if (write(pipe, bytes.data(), bytes.size()) < 0) _exit(1);
                        })});
  }
}

Answers Asking::collect() {
  Answers answers;
  for (Started& started : started_) {
    const auto bytes = started.child.answer(deadline_);
    answers[started.id] = bytes ? from_bytes(*bytes) : Outcome{Outcome::Result::timed_out, {}, 0};
  }
  return answers;
}

}  // namespace kerneltour::probes
