#include "commands/prepare_plan.hpp"

#include <algorithm>
#include <iterator>

namespace kerneltour::commands {
namespace {

constexpr std::string_view order[] = {"package",          "subordinate-ids", "cgroup-delegation",
                                      "user-manager",     "user-bus",        "sysctl",
                                      "apparmor-profile", "boot-parameter",  "kernel"};

auto place_of(const features::Fix& fix) {
  return std::find(std::begin(order), std::end(order), kind_of(fix)) - std::begin(order);
}

}  // namespace

std::string_view kind_of(const features::Fix& fix) {
  return std::string_view(fix.id).substr(0, fix.id.find(':'));
}

std::vector<PlannedFix> plan_fixes(const std::vector<features::Judged>& judged) {
  std::vector<PlannedFix> plan;
  for (const auto& [feature, verdict] : judged) {
    using features::Status;
    if (verdict.status != Status::fixable && verdict.status != Status::ready) continue;
    for (const auto& fix : verdict.fixes) {
      const auto same = std::find_if(plan.begin(), plan.end(),
                                     [&](const PlannedFix& planned) { return planned.fix.id == fix.id; });
      if (same == plan.end()) {
        plan.push_back({fix, {std::string(feature->id)}});
      } else {
        same->features.emplace_back(feature->id);
      }
    }
  }
  std::stable_sort(plan.begin(), plan.end(),
                   [](const auto& a, const auto& b) { return place_of(a.fix) < place_of(b.fix); });
  return plan;
}

}  // namespace kerneltour::commands
