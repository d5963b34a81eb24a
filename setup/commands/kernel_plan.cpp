#include "commands/kernel_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kerneltour::commands {
namespace {

using Result = Check::Result;

constexpr std::string_view results[] = {"good", "note", "refused", "impossible"};

const Check* first(const KernelPlan& plan, Result result) {
  const auto found = std::ranges::find(plan.checks, result, &Check::result);
  return found == plan.checks.end() ? nullptr : &*found;
}

const Check* worst(const KernelPlan& plan) {
  const auto* impossible = first(plan, Result::impossible);
  return impossible ? impossible : first(plan, Result::refused);
}

/// "linux-image-6.12.9-amd64=6.12.9-1", or the name alone where APT takes that version by itself.
std::string operand_of(const apt::Wanted& wanted) {
  return wanted.version.empty() ? wanted.package : fmt::format("{}={}", wanted.package, wanted.version);
}

}  // namespace

std::string_view name_of(Result result) { return results[static_cast<std::size_t>(result)]; }

int refusal_status(const KernelPlan& plan) {
  const auto* check = worst(plan);
  if (!check) return 0;
  return check->result == Result::impossible ? 3 : 1;
}

std::string refusal(const KernelPlan& plan) {
  const auto* check = worst(plan);
  if (!check) return {};
  if (check->instead.empty()) return fmt::format("{}; nothing was changed", check->says);
  return fmt::format("{}; nothing was changed. What helps: {}", check->says, check->instead);
}

std::vector<std::string> equivalent_commands(const KernelPlan& plan) {
  std::vector<std::string> commands;
  if (plan.boot) {
    for (const auto& file : plan.boot->files) commands.push_back(fmt::format("editor {}", file.path));
    for (const auto& command : plan.boot->commands) commands.push_back(command);
  }
  if (plan.packages.steps.empty() && plan.packages_known) return commands;
  std::string install = "apt-get install";
  if (!plan.root.empty()) install += fmt::format(" -o Dir={0} -o DPkg::Options::=--root={0}", plan.root);
  const bool from_files = !plan.indexes.empty() || !plan.files.empty();
  for (const auto& wanted : plan.wish.install)
    install += from_files ? fmt::format(" ./{}_*.deb", wanted.package) : " " + operand_of(wanted);
  commands.push_back(install);
  return commands;
}

}  // namespace kerneltour::commands
