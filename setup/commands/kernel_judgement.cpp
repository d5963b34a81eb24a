#include "commands/kernel_judgement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "commands/selection.hpp"
#include "commands/subjects.hpp"
#include "features/catalogue.hpp"

namespace kerneltour::commands {
namespace {

using features::Status;

/// Without these hardly any chapter runs.
constexpr std::string_view always_told[] = {"kernel", "psi", "user-namespaces", "so-reuseport"};
constexpr std::string_view parameter_fix = "boot-parameter:";

/// The parameters that fixes of a verdict put on the command line.
std::vector<std::string> parameters_of(const features::Verdict& verdict) {
  std::vector<std::string> parameters;
  for (const auto& fix : verdict.fixes)
    if (fix.id.starts_with(parameter_fix)) parameters.push_back(fix.id.substr(parameter_fix.size()));
  return parameters;
}

/// The command line of this host holds for the kernel that is to come.
host::OtherKernel as_other(const kernels::BuiltKernel& kernel) {
  host::OtherKernel other;
  other.release = kernel.release;
  other.config_bytes = kernel.config;
  if (kernel.config) other.config_path = "config-" + kernel.release;
  return other;
}

void add(KernelJudgement& judgement, const features::Judged& judged) {
  const auto& [feature, verdict] = judged;
  if (is_lacking(verdict)) {
    judgement.lacks.emplace_back(feature->id);
    judgement.says.push_back(fmt::format("{}: no, {}", feature->id, verdict.reason));
    return;
  }
  const auto parameters = parameters_of(verdict);
  if (verdict.status == Status::ready) {
    judgement.says.push_back(fmt::format("{}: yes", feature->id));
  } else if (parameters.empty()) {
    judgement.says.push_back(
        fmt::format("{}: the kernel has it; on this host, {}", feature->id, verdict.reason));
  }
  for (const auto& parameter : parameters) {
    judgement.says.push_back(
        fmt::format("{}: {}; needs {} (will be set)", feature->id, verdict.reason, parameter));
    if (std::ranges::find(judgement.parameters, parameter) == judgement.parameters.end())
      judgement.parameters.push_back(parameter);
  }
}

}  // namespace

std::vector<const features::Feature*> asked_features(const Arguments& arguments) {
  if (arguments.count("for") != 0) return selection(arguments).features;
  std::vector<const features::Feature*> asked;
  for (const auto id : always_told) asked.push_back(features::find(id));
  return asked;
}

bool is_lacking(const features::Verdict& verdict) {
  using features::Layer;
  if (verdict.status == Status::ready || verdict.status == Status::unknown) return false;
  return verdict.layer == Layer::kernel_version || verdict.layer == Layer::kernel_config;
}

bool is_kernels_own(const features::Verdict& verdict) {
  using features::Layer;
  return verdict.layer == Layer::kernel_version || verdict.layer == Layer::kernel_config ||
         verdict.layer == Layer::module || verdict.layer == Layer::boot_parameter;
}

KernelJudgement judge_kernel(const kernels::BuiltKernel& kernel,
                             const std::vector<const features::Feature*>& asked, const host::Host& host) {
  const auto facts = host::read_facts(host, features::programs(), as_other(kernel));
  KernelJudgement judgement;
  for (const auto& judged : features::judge_facts(asked, facts, subjects_of(facts, std::nullopt)))
    add(judgement, judged);
  return judgement;
}

}  // namespace kerneltour::commands
