#include "commands/kernel_install.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "apt/download_folder.hpp"
#include "apt/interrupted.hpp"
#include "apt/transaction.hpp"
#include "commands/changing.hpp"
#include "commands/format.hpp"
#include "commands/kernel_judgement.hpp"
#include "commands/kernel_options.hpp"
#include "commands/kernel_planning.hpp"
#include "commands/kernel_sources.hpp"
#include "fixes/boot_trial.hpp"
#include "fixes/kernel_packages.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

namespace po = boost::program_options;

using fixes::BootChoice;
using posix::printable;

constexpr const char* command = "kernel install";
constexpr const char* operand_name = "KERNEL";

std::vector<std::string> operands(const Arguments& arguments) {
  if (arguments.count(operand_name) == 0) return {};
  return arguments[operand_name].as<std::vector<std::string>>();
}

std::optional<BootChoice> wanted_boot(const Arguments& arguments, const std::string& root) {
  const auto name = given(arguments, "boot");
  if (!name) return std::nullopt;
  const auto choice = fixes::parse_boot_choice(*name);
  if (!choice) throw UsageError(fmt::format("--boot: '{}' is none of once, default, no", printable(*name)));
  if (!root.empty() && *choice != BootChoice::no)
    throw UsageError(
        "--boot: what is booted next can be chosen on the running host only, and not with --root");
  return choice;
}

KernelRequest parse(const Arguments& arguments) {
  KernelRequest request;
  request.root = kernel_root(arguments);
  request.source = wanted_source(arguments);
  request.headers = arguments.count("headers") != 0;
  request.boot = wanted_boot(arguments, request.root);
  if (arguments.count("parameter") != 0)
    request.parameters = arguments["parameter"].as<std::vector<std::string>>();
  request.settings = archive_settings(arguments, request.root);
  request.need.at_least = wanted_version(arguments);
  std::vector<std::string> names;
  for (const auto& word : operands(arguments))
    (word.ends_with(".deb") ? request.files : names).push_back(word);
  if (names.size() > 1 || (!names.empty() && !request.files.empty()))
    throw UsageError("kernel install takes one kernel at a time: a version, or the files of its packages");
  if (!names.empty()) request.need.named = names[0];
  // What is named is taken as old as it is, unless something else was asked for as well.
  const bool is_named = !operands(arguments).empty();
  if (is_named && arguments.count("at-least") == 0 && arguments.count("for") == 0) request.need.at_least = {};
  return request;
}

void show(const KernelPlan& plan, bool json) {
  std::cout << (json ? as_json(plan) : as_text(plan, posix::Terminal::of(STDOUT_FILENO))) << std::flush;
}

void refuse(const KernelPlan& plan) { throw Refusal(refusal(plan), refusal_status(plan)); }

/// A kernel that cannot do what it is wanted for is not installed, unless the person insists.
void refuse_lacking(const KernelJudgement& judgement, const KernelPlan& plan, const Arguments& arguments) {
  for (const auto& line : judgement.says) std::cout << "  " << printable(line) << '\n';
  if (judgement.lacks.empty() || arguments.count("for") == 0 || arguments.count("force") != 0) return;

  std::string lacks;
  for (const auto& id : judgement.lacks) lacks += (lacks.empty() ? "" : ", ") + id;
  throw Refusal(
      fmt::format("Linux {} lacks what was asked for: {}; nothing was changed. --force installs it all "
                  "the same",
                  plan.choice.kernel.release.text, lacks),
      1);
}

/// Downloads, and judges what came. From here on the plan is whole, and may be one to refuse.
void fetch(KernelPlanning& planning, KernelPlan& plan, const Arguments& arguments) {
  const auto built = planning.fetch_and_read(plan);
  const auto host = host_at(plan.root);
  const auto judgement = judge_kernel(built, asked_features(arguments), host);
  std::cout << fmt::format("Linux {}, by its own configuration:\n", printable(built.release));
  refuse_lacking(judgement, plan, arguments);
  planning.take_build(plan, built, judgement);
}

/// The same, to install it.
void fetch_to_install(KernelPlanning& planning, KernelPlan& plan, const Arguments& arguments) {
  fetch(planning, plan, arguments);
  if (refusal_status(plan) != 0) refuse(plan);
}

std::optional<fixes::Change> make_boot_change(fixes::Journal& journal, const KernelPlan& plan) {
  if (!plan.boot || !plan.boot->changes()) return std::nullopt;
  const auto lock = fixes::lock_of(fixes::kind_of(plan.boot->kind), say_waiting);
  return journal.make(fixes::change_of(*plan.boot));
}

void make_packages_change(fixes::Journal& journal, const KernelPlan& plan, const apt::Session& session,
                          unsigned group, PackageProgress& progress) {
  auto change = fixes::kernel_change(plan.root, plan.choice.kernel.release.text, plan.packages.steps);
  change.group = group;
  const apt::Transaction transaction{plan.wish, plan.indexes, plan.packages.steps,
                                     fixes::ready_packages_log(plan.root)};
  const auto made = journal.make(std::move(change), [&] { apt::carry_out(session, transaction, progress); });
  std::cout << fmt::format("Done: {}.\n", printable(made.summary));
}

/// First what is booted, as the packages' scripts make the newest kernel GRUB's first; and back where these
/// fail.
void carry_out(fixes::Journal& journal, const KernelPlan& plan, const apt::Session& session,
               PackageProgress& progress) {
  fixes::tell_of_packages(&progress);
  const auto boot = make_boot_change(journal, plan);
  try {
    if (!plan.packages.steps.empty())
      make_packages_change(journal, plan, session, boot ? boot->group : 0, progress);
  } catch (const std::exception& error) {
    if (boot) {
      const auto lock = fixes::lock_of(fixes::kind_of(boot->kind), say_waiting);
      journal.take_back(*boot);
    }
    throw std::runtime_error(fmt::format("{}; the host is as before. dpkg's words are in {}", error.what(),
                                         plan.root + fixes::packages_log));
  }
  if (boot) std::cout << fmt::format("Done: {}.\n", printable(boot->summary));
  fixes::tell_of_packages(nullptr);
}

std::string next_step(const KernelPlan& plan) {
  if (!plan.request || plan.choice.kernel.running) return "";
  const auto& release = plan.choice.kernel.release.text;
  switch (plan.request->choice) {
    case BootChoice::once:
      return fmt::format("Reboot to try Linux {}: where it does not come up, the old one does.\n", release);
    case BootChoice::as_default:
      return fmt::format("Reboot to have Linux {} run.\n", release);
    case BootChoice::no:
      break;
  }
  return fmt::format("To have Linux {} run, choose it in the boot loader's menu at the next start.\n",
                     release);
}

void say_done(const KernelPlan& plan) {
  std::cout << next_step(plan)
            << fmt::format("To take it back: sudo kerneltour undo{}\n",
                           plan.root.empty() ? "" : fmt::format(" --root {}", plan.root));
}

/// APT puts what it fetches into the directory; what was there before as a file is copied.
int keep_downloads(const KernelPlanning& planning, const std::string& directory) {
  for (const auto& archive : planning.archives()) {
    const auto target = std::filesystem::path(directory) / std::filesystem::path(archive.path).filename();
    std::error_code same;
    if (!std::filesystem::equivalent(archive.path, target, same))
      std::filesystem::copy_file(archive.path, target, std::filesystem::copy_options::overwrite_existing);
    std::cout << printable(target.string()) << '\n';
  }
  return 0;
}

bool is_nothing(const KernelPlan& plan) {
  return plan.packages_known && plan.packages.steps.empty() && (!plan.boot || !plan.boot->changes());
}

/// The directory of --download-only. Throws UsageError where it is none.
std::optional<std::string> download_directory(const Arguments& arguments) {
  const auto name = given(arguments, "download-only");
  if (!name) return std::nullopt;
  std::error_code error;
  auto directory = std::filesystem::canonical(*name, error);
  if (error) throw UsageError(fmt::format("--download-only: {}: {}", printable(*name), error.message()));
  if (!std::filesystem::is_directory(directory))
    throw UsageError(fmt::format("--download-only: {} is no directory", printable(*name)));
  return directory.string();
}

int install(const Arguments& arguments, const KernelRequest& request, const apt::Session& session,
            PackageProgress& progress) {
  const auto directory = download_directory(arguments);
  std::optional<apt::DownloadFolder> folder;
  if (directory && !is_dry_run(arguments)) folder.emplace(*directory);
  const bool dry = is_dry_run(arguments);
  KernelPlanning planning(request, session, progress);
  auto plan = planning.make();
  // What may not be installed here may be downloaded for elsewhere.
  if (!plan.packages_known && !dry && (directory || refusal_status(plan) == 0)) {
    planning.fetch_unknown();
    plan = planning.make();
  }
  show(plan, wants_json(arguments));
  if (refusal_status(plan) != 0 && (!directory || !plan.packages.is_possible())) refuse(plan);
  if (dry) return 0;
  if (is_nothing(plan) && !directory) {
    std::cout << fmt::format("Nothing to do: Linux {} is installed.\n",
                             printable(plan.choice.kernel.release.text));
    return 0;
  }
  if (directory) {
    fetch(planning, plan, arguments);
    return keep_downloads(planning, *directory);
  }
  need_root(typed_command(command, arguments, operand_name).substr(sizeof "kerneltour"));
  if (!is_wanted(arguments, "Go on?")) return 1;
  if (!plan.packages.steps.empty()) fetch_to_install(planning, plan, arguments);
  planning.close();
  auto journal = open_journal(plan.root);
  carry_out(journal, plan, session, progress);
  say_done(plan);
  return 0;
}

}  // namespace

Options kernel_install_options() {
  Options options;
  add_format(options);
  add_kernel_choice(options, "apt|mainline|installed");
  auto add = options.add_options();
  add("headers", "Install the kernel's headers, too, where they can be installed: DKMS needs them.");
  add("boot", po::value<std::string>()->value_name("once|default|no"),
      "Whether it is started at the next boot alone, until it has proved itself, from now on, or not by "
      "itself. "
      "Without it once, where GRUB can.");
  add("parameter", po::value<std::vector<std::string>>()->value_name("WORD"),
      "Put this on its command line, too: systemd.unified_cgroup_hierarchy=1. psi=1 comes by itself where it "
      "is "
      "needed. May be given several times.");
  add("force", "Install a kernel that lacks what was asked for.");
  add("download-only", po::value<std::string>()->value_name("DIR"),
      "Download and judge the packages, leave them in this directory, and change nothing.");
  add_kernel_root(options);
  add_archive(options);
  add_changing(options);
  return options;
}

std::string install_named_kernel(fixes::Journal& journal, const std::string& package) {
  KernelRequest request;
  request.need.named = package;
  request.need.at_least = {};
  const auto session = open_session("", "kerneltour prepare");
  PackageProgress progress;
  KernelPlanning planning(request, session, progress);
  auto plan = planning.make();
  if (refusal_status(plan) != 0) refuse(plan);
  const auto& release = plan.choice.kernel.release.text;
  if (is_nothing(plan)) return fmt::format("Linux {} is installed already", release);
  if (!plan.packages.steps.empty()) fetch_to_install(planning, plan, Arguments());
  planning.close();
  carry_out(journal, plan, session, progress);
  return plan.boot && plan.boot->changes() ? plan.boot->summary
                                           : fmt::format("Linux {} is installed", release);
}

int kernel_install(const Arguments& arguments) {
  if (wants_json(arguments) && !is_dry_run(arguments)) throw UsageError("--format json is for --dry-run");
  auto request = parse(arguments);
  const auto session = open_session(request.root, typed_command(command, arguments, operand_name));
  request.need.flavour = preferred_flavour(request.root, session);
  PackageProgress progress;
  try {
    return install(arguments, request, session, progress);
  } catch (const apt::Interrupted& stopped) {
    std::cerr << "kerneltour: " << stopped.what() << '\n';
    return 128 + stopped.signal();
  }
}

}  // namespace kerneltour::commands
