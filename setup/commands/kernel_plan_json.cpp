#include <nlohmann/json.hpp>

#include "commands/kernel_plan.hpp"

namespace kerneltour::commands {
namespace {

using Json = nlohmann::ordered_json;

Json steps_json(const KernelPlan& plan) {
  Json steps = Json::array();
  for (const auto& step : plan.packages.steps)
    steps.push_back({{"action", name_of(step.action)},
                     {"package", step.package},
                     {"architecture", step.architecture},
                     {"from", step.from},
                     {"to", step.to},
                     {"origin", step.origin},
                     {"download", step.download},
                     {"disk", step.disk},
                     {"automatic", step.automatic}});
  return steps;
}

Json checks_json(const KernelPlan& plan) {
  Json checks = Json::array();
  for (const auto& check : plan.checks)
    checks.push_back({{"id", check.id},
                      {"result", name_of(check.result)},
                      {"says", check.says},
                      {"instead", check.instead}});
  return checks;
}

Json boot_json(const KernelPlan& plan) {
  if (!plan.request) return nullptr;
  Json files = Json::array();
  if (plan.boot) {
    for (const auto& file : plan.boot->files) files.push_back(file.path);
  }
  return {{"choice", name_of(plan.request->choice)},
          {"parameters", plan.request->parameters},
          {"summary", plan.boot ? plan.boot->summary : ""},
          {"files", std::move(files)}};
}

}  // namespace

std::string as_json(const KernelPlan& plan) {
  const auto& kernel = plan.choice.kernel;
  const Json json = {{"schema", 1},
                     {"release", kernel.release.text},
                     {"version", kernel.version},
                     {"source", name_of(kernel.source)},
                     {"reason", plan.choice.reason},
                     {"packages_known", plan.packages_known},
                     {"packages", steps_json(plan)},
                     {"files", plan.files},
                     {"download", plan.download},
                     {"disk", plan.packages.disk},
                     {"judged", plan.judged},
                     {"checks", checks_json(plan)},
                     {"boot", boot_json(plan)},
                     {"commands", equivalent_commands(plan)}};
  return json.dump(2) + "\n";
}

}  // namespace kerneltour::commands
