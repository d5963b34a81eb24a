#include "commands/kernel_checks.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "apt/session.hpp"
#include "commands/package_progress.hpp"
#include "host/dkms.hpp"
#include "kernels/image_package.hpp"
#include "posix/file_lock.hpp"

namespace kerneltour::commands {
namespace {

using Result = Check::Result;
using Action = apt::Step::Action;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// One that was named may be older than what was asked for.
Check version(const KernelPlan& plan, host::KernelVersion at_least) {
  const auto& kernel = plan.choice.kernel;
  const auto of_linux = host::parse_kernel_release(kernel.version).value_or(kernel.release);
  auto wanted = fmt::format("{}.{}", at_least.major, at_least.minor);
  if (at_least.patch != 0) wanted += fmt::format(".{}", at_least.patch);
  if (!of_linux.at_least(at_least))
    return {"version", Result::refused,
            fmt::format("Linux {} is version {}, and {} or later was asked for", kernel.release.text,
                        kernel.version, wanted),
            fmt::format("kerneltour kernel list --at-least {}", wanted)};
  return {"version", Result::good, fmt::format("Linux {}", kernel.version), {}};
}

/// What dpkg has noted and not yet put into its database: it was stopped.
bool was_interrupted(const std::string& root) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root + "/var/lib/dpkg/updates", error), end;
       !error && entry != end; entry.increment(error)) {
    if (!entry->path().filename().string().starts_with("tmp")) return true;
  }
  return false;
}

/// Whoever has this lock has dpkg do something, which looks unfinished until it has ended.
std::optional<std::string> holder_of_lock(const std::string& root) {
  return posix::lock_holder(root + "/var/lib/dpkg/lock-frontend");
}

Check dpkg(const KernelPlan& plan) {
  if (holder_of_lock(plan.root))
    return {"dpkg", Result::good, "dpkg is at work for somebody else, and is waited for", {}};
  const auto finish =
      fmt::format("dpkg{} --configure -a", plan.root.empty() ? "" : fmt::format(" --root={}", plan.root));
  if (was_interrupted(plan.root)) return {"dpkg", Result::refused, "dpkg was stopped in the middle", finish};
  if (!plan.packages.unfinished.empty())
    return {"dpkg", Result::refused,
            fmt::format("dpkg has not finished with {}", joined(plan.packages.unfinished)), finish};
  return {"dpkg", Result::good, "dpkg has nothing unfinished", {}};
}

Check lock(const KernelPlan& plan) {
  const auto holder = holder_of_lock(plan.root);
  if (!holder) return {"lock", Result::good, "nobody has APT's lock", {}};
  return {"lock", Result::note, fmt::format("{} has APT's lock: it is waited for", *holder), {}};
}

Check dependencies(const KernelPlan& plan) {
  if (!plan.packages.is_possible())
    return {"dependencies", Result::refused, joined(plan.packages.broken),
            "take another kernel: kerneltour kernel list"};
  return {"dependencies", Result::good, "all that the packages need is there or comes with them", {}};
}

Check collateral(const KernelPlan& plan) {
  std::vector<std::string> removed;
  for (const auto& step : plan.packages.steps)
    if (step.to.empty()) removed.push_back(step.package);
  if (!removed.empty())
    return {"collateral", Result::refused, fmt::format("it would remove {}", joined(removed)),
            "take another kernel: kerneltour kernel list"};
  return {"collateral", Result::good, "no package is removed", {}};
}

Check trust(const KernelPlan& plan) {
  std::vector<std::string> unknown;
  for (const auto& step : plan.packages.steps)
    if (!step.trusted) unknown.push_back(step.package);
  if (!unknown.empty())
    return {"trust", Result::refused, fmt::format("APT cannot authenticate {}", joined(unknown)),
            "apt-get update, and look at what it says of that source"};
  return {"trust", Result::good, "APT can authenticate all of it", {}};
}

/// The image's packages among the steps are new kernels in /boot.
std::size_t new_kernels(const KernelPlan& plan) {
  const auto is_new_image = [](const apt::Step& step) {
    return step.action == Action::install && kernels::parse_image_package(step.package);
  };
  return static_cast<std::size_t>(std::ranges::count_if(plan.packages.steps, is_new_image));
}

void add_space(std::vector<Check>& checks, const KernelPlan& plan, const std::string& archives) {
  for (const auto& need :
       kernels::space_needs({plan.root, new_kernels(plan), plan.download, archives, plan.packages.disk})) {
    const auto says = fmt::format("{} takes {} and has {} free", need.directory, size_text(need.needed),
                                  size_text(need.free));
    if (need.fits())
      checks.push_back({"space", Result::good, says, {}});
    else
      checks.push_back({"space", Result::refused, says,
                        "remove a kernel that is not needed: kerneltour kernel list --source installed"});
  }
}

void add_dkms(std::vector<Check>& checks, const KernelPlan& plan, const host::Host& host) {
  const auto& release = plan.choice.kernel.release.text;
  std::vector<std::string> missing;
  for (const auto& module : host::read_dkms(host))
    if (!module.is_built_for(release)) missing.push_back(fmt::format("{} {}", module.name, module.version));
  if (missing.empty()) return;
  checks.push_back({"dkms", Result::note,
                    fmt::format("DKMS has no build for Linux {} of {}: without one these do not work there",
                                release, joined(missing)),
                    "say --headers, so that DKMS can try to build them"});
}

Check check_of(const fixes::BootObstacle& obstacle, const host::BootSetup& setup) {
  if (is_for_root(obstacle, setup))
    return {obstacle.id, Result::note, "whether GRUB can start a kernel once, only root can find out", {}};
  const bool foreign = obstacle.id == "container" || obstacle.id == "wsl";
  return {obstacle.id, foreign ? Result::impossible : Result::refused, obstacle.reason, obstacle.instead};
}

/// Of the running host alone: what is booted, and what may be.
void add_boot(std::vector<Check>& checks, const KernelPlan& plan, const CheckedHost& checked,
              bool is_signed) {
  if (!plan.request) return;
  const auto obstacles = fixes::boot_obstacles(checked.setup, checked.confinement, *plan.request, is_signed);
  for (const auto& obstacle : obstacles) checks.push_back(check_of(obstacle, checked.setup));
  if (std::ranges::find(obstacles, "secure-boot", &fixes::BootObstacle::id) != obstacles.end()) return;
  checks.push_back({"secure-boot",
                    Result::good,
                    fmt::format("the kernel is {}signed; Secure Boot: {}", is_signed ? "" : "not ",
                                name_of(checked.setup.secure_boot)),
                    {}});
}

}  // namespace

bool is_for_root(const fixes::BootObstacle& obstacle, const host::BootSetup& setup) {
  return obstacle.id == "grub-storage" && setup.storage.writable == host::GrubStorage::Writable::unknown &&
         ::geteuid() != 0;
}

std::vector<Check> check_plan(const KernelPlan& plan, const CheckedHost& checked, bool is_signed,
                              const std::string& archives, host::KernelVersion at_least) {
  std::vector<Check> checks = {version(plan, at_least), dpkg(plan), lock(plan)};
  if (plan.packages_known) {
    for (auto& check : {dependencies(plan), collateral(plan), trust(plan)}) checks.push_back(check);
    add_space(checks, plan, archives);
  }
  if (!plan.left_out.empty())
    checks.push_back(
        {"headers",
         Result::note,
         fmt::format("the headers are left out, as they could not be installed: {}", joined(plan.left_out)),
         {}});
  add_boot(checks, plan, checked, is_signed);
  add_dkms(checks, plan, checked.host);
  if (!checked.setup.running.empty())
    checks.push_back({"running",
                      Result::good,
                      fmt::format("Linux {}, which runs, stays installed", checked.setup.running),
                      {}});
  return checks;
}

}  // namespace kerneltour::commands
