#include "commands/kernel_remove.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "apt/cache.hpp"
#include "apt/transaction.hpp"
#include "commands/changing.hpp"
#include "commands/kernel_options.hpp"
#include "commands/kernel_sources.hpp"
#include "commands/operands.hpp"
#include "commands/package_progress.hpp"
#include "commands/taking_back.hpp"
#include "fixes/kernel_packages.hpp"

namespace kerneltour::commands {
namespace {

using kernels::Kernel;
using posix::printable;

constexpr const char* command = "kernel remove";
constexpr const char* operand_name = "RELEASE";

/// The packages of one kernel have its release in their names.
constexpr std::string_view kernel_parts[] = {"linux-image-", "linux-image-unsigned-", "linux-modules-",
                                             "linux-modules-extra-", "linux-headers-"};

std::vector<Kernel> installed_kernels(const apt::Session& session, const std::string& root,
                                      PackageProgress& progress) {
  auto found = kernels_of_host(apt::Cache(session, {}, false, progress), boot_setup_of(root));
  std::erase_if(found, [](const Kernel& kernel) { return !kernel.installed; });
  return found;
}

/// The kernel that is to go, once nothing speaks against that.
Kernel removable(const std::vector<Kernel>& installed, const std::string& release) {
  const auto found = std::ranges::find_if(installed, [&](const Kernel& kernel) {
    return kernel.release.text == release || kernel.package == release;
  });
  if (found == installed.end())
    throw UsageError(
        fmt::format("Linux '{}' is not installed; kerneltour kernel list --source installed names those "
                    "that are",
                    printable(release)));
  if (found->running)
    throw Refusal(
        fmt::format("Linux {} runs, and is not removed from under the system; nothing was changed. Boot "
                    "another kernel first",
                    found->release.text),
        1);
  const auto others = std::ranges::count_if(installed, [&](const Kernel& kernel) {
    return kernel.release.text != found->release.text && !kernel.package.empty();
  });
  if (others == 0)
    throw Refusal(
        fmt::format("Linux {} is the last kernel here; nothing was changed. Install another one first: "
                    "kerneltour kernel install",
                    found->release.text),
        1);
  if (found->package.empty())
    throw Refusal(
        fmt::format("no package brought Linux {}: who put it into /boot takes it away; nothing was changed",
                    found->release.text),
        1);
  return *found;
}

/// All installed packages of that kernel.
std::vector<std::string> parts_of(const apt::Cache& cache, const Kernel& kernel) {
  std::vector<std::string> names;
  for (const auto prefix : kernel_parts) {
    const auto name = std::string(prefix) + kernel.release.text;
    const std::string_view wanted[] = {name};
    for (const auto& version : cache.versions(wanted))
      if (version.installed && version.package == name) names.push_back(name);
  }
  return names;
}

apt::Transaction plan_removal(const apt::Session& session, const Kernel& kernel, PackageProgress& progress) {
  apt::Cache cache(session, {}, false, progress);
  apt::Transaction transaction{{.install = {}, .purge = parts_of(cache, kernel)}, {}, {}, {}};
  const auto plan = cache.plan(transaction.wish);
  std::string others;
  for (const auto& step : plan.steps)
    if (std::ranges::find(transaction.wish.purge, step.package) == transaction.wish.purge.end())
      others += (others.empty() ? "" : ", ") + step.package;
  if (!others.empty() || !plan.is_possible())
    throw Refusal(
        fmt::format("Linux {} cannot be removed alone: {} would have to go, too; nothing was changed",
                    kernel.release.text, others.empty() ? plan.broken.front() : others),
        1);
  if (!plan.unfinished.empty())
    throw Refusal(
        fmt::format("dpkg has not finished with {}; nothing was changed. Type: sudo dpkg --configure -a",
                    plan.unfinished.front()),
        1);
  transaction.agreed = plan.steps;
  return transaction;
}

std::string describe(const Kernel& kernel, const apt::Transaction& transaction) {
  auto text = fmt::format("To remove: Linux {}\n\n", printable(kernel.release.text));
  for (const auto& step : transaction.agreed)
    text += fmt::format("  purge {} {}\n", printable(step.package), printable(step.from));
  return text + fmt::format(
                    "\nkerneltour did not install it. To have it back: sudo kerneltour kernel install {}\n\n",
                    printable(kernel.package));
}

/// A kernel that others installed: the way back is to install it again.
int remove_foreign(const Arguments& arguments, const apt::Session& session, const Kernel& kernel,
                   PackageProgress& progress) {
  auto transaction = plan_removal(session, kernel, progress);
  std::cout << describe(kernel, transaction);
  if (is_dry_run(arguments)) {
    std::cout << "Nothing was changed: that is what --dry-run means.\n";
    return 0;
  }
  need_root(typed_command(command, arguments, operand_name).substr(sizeof "kerneltour"));
  if (!is_wanted(arguments, "Go on?")) return 1;
  const auto journal = open_journal(session.root());
  transaction.log = fixes::ready_packages_log(session.root());
  apt::carry_out(session, transaction, progress);
  std::cout << fmt::format("Done: Linux {} is removed.\n", printable(kernel.release.text));
  return 0;
}

/// A kernel that kerneltour installed: that is taken back, with what was set for it.
int remove_ours(const Arguments& arguments, const std::string& root, const std::string& release) {
  const auto kept = fixes::read_journal(root + fixes::journal_directory, root);
  const auto* change = change_that_added(kept, release);
  std::cout << describe_taking_back(group_of(kept, *change));
  if (is_dry_run(arguments)) {
    std::cout << "Nothing was changed: that is what --dry-run means.\n";
    return 0;
  }
  need_root(typed_command(command, arguments, operand_name).substr(sizeof "kerneltour"));
  auto journal = open_journal(root);
  return take_back(arguments, journal, group_of(kept, *change));
}

}  // namespace

Options kernel_remove_options() {
  Options options;
  add_kernel_root(options);
  add_changing(options);
  return options;
}

int kernel_remove(const Arguments& arguments) {
  const auto release = operand(arguments, operand_name);
  if (!release)
    throw UsageError("kernel remove needs the release of a kernel; see kerneltour kernel remove --help");
  const auto root = kernel_root(arguments);
  const auto session = open_session(root, typed_command(command, arguments, operand_name));
  PackageProgress progress;
  const auto kernel = removable(installed_kernels(session, root, progress), *release);
  const auto kept = fixes::read_journal(root + fixes::journal_directory, root);
  if (change_that_added(kept, kernel.release.text)) return remove_ours(arguments, root, kernel.release.text);
  return remove_foreign(arguments, session, kernel, progress);
}

}  // namespace kerneltour::commands
