#include "features/installed_programs.hpp"

#include <fmt/format.h>

#include "features/remedies.hpp"

namespace kerneltour::features {

Verdict judge_installed(const Situation& situation, std::span<const std::string_view> programs,
                        const std::string& package) {
  const auto& facts = situation.facts;
  EvidenceList evidence;
  for (const auto name : programs) {
    const auto found = facts.programs.find(name);
    if (found == facts.programs.end())
      return needs_package(facts, fmt::format("{} is not installed", name),
                           {{"/usr/bin", fmt::format("no {}", name)}}, package);
    evidence.push_back({found->second.path, "is installed"});
  }
  auto reason = fmt::format("{} is installed", evidence.at(0).source);
  return ready(std::move(reason), std::move(evidence));
}

}  // namespace kerneltour::features
