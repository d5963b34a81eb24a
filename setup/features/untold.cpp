#include "features/untold.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "features/remedies.hpp"

namespace kerneltour::features {

std::optional<Verdict> unreadable(const host::Facts& facts, std::initializer_list<host::About> subjects,
                                  const EvidenceList& evidence) {
  EvidenceList all = evidence;
  std::string paths;
  for (const auto& [about, path, reason] : facts.unreadable) {
    if (std::find(subjects.begin(), subjects.end(), about) == subjects.end()) continue;
    all.push_back({path, reason});
    paths += paths.empty() ? path : ", " + path;
  }
  if (paths.empty()) return std::nullopt;
  return unknown(std::nullopt, fmt::format("it rests on what could not be read: {}", paths), std::move(all));
}

std::optional<Verdict> unreadable_command_line(const host::Facts& facts, const EvidenceList& evidence) {
  if (facts.boot_parameters) return std::nullopt;
  return unreadable(facts, {host::About::boot_parameters}, evidence);
}

std::optional<Verdict> no_proc(const host::Facts& facts, const EvidenceList& evidence) {
  if (!facts.live || facts.proc) return std::nullopt;
  return unknown(std::nullopt, "/proc is not mounted here: mount -t proc proc /proc", evidence);
}

Verdict no_verdict(const probes::Outcome& outcome, EvidenceList evidence) {
  const bool refused = outcome.result == probes::Outcome::Result::refused;
  return unknown(std::nullopt,
                 fmt::format("{}: {}", refused ? "the kernel refuses" : "the kernel gave no usable answer",
                             outcome.says()),
                 std::move(evidence));
}

}  // namespace kerneltour::features
