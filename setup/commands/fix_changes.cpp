#include "commands/fix_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "apt/archives.hpp"
#include "apt/cache.hpp"
#include "apt/transaction.hpp"
#include "commands/changing.hpp"
#include "commands/kernel_install.hpp"
#include "commands/kernel_options.hpp"
#include "commands/package_progress.hpp"
#include "commands/subid_grant.hpp"
#include "fixes/added_packages.hpp"
#include "fixes/drop_ins.hpp"
#include "fixes/user_manager.hpp"

namespace kerneltour::commands {
namespace {

using features::Fix;
using features::Subject;

constexpr const char* command = "kerneltour prepare";
constexpr std::string_view reinstalls = ":reinstall";

/// What a fix's id is about: "uidmap" of "package:uidmap".
std::string subject_of(const Fix& fix) { return fix.id.substr(fix.id.find(':') + 1); }

std::string make(fixes::Journal& journal, const fixes::Change& change) {
  const auto lock = fixes::lock_of(fixes::kind_of(change.kind), say_waiting);
  return journal.make(change).summary;
}

std::string grant_ids(fixes::Journal& journal, const Fix&, const Subject& owner) {
  return grant_to(journal, {owner.name, owner.uid, std::nullopt, std::nullopt});
}

std::string delegate(fixes::Journal& journal, const Fix&, const Subject& owner) {
  return make(journal, fixes::delegate_controllers(owner.name, owner.uid));
}

std::string keep_manager(fixes::Journal& journal, const Fix&, const Subject& owner) {
  return make(journal, fixes::keep_user_manager(owner.name));
}

std::string set_sysctl(fixes::Journal& journal, const Fix& fix, const Subject&) {
  const auto setting = subject_of(fix);
  const auto& file = fix.files.at(0);
  return make(journal, fixes::set_sysctl(setting.substr(0, setting.find('=')), file.path, file.lines));
}

std::string load_profile(fixes::Journal& journal, const Fix& fix, const Subject&) {
  return make(journal, fixes::load_apparmor_profile(fix.files.at(0).path, fix.files.at(0).lines));
}

std::string set_parameter(fixes::Journal& journal, const Fix& fix, const Subject&) {
  return make(journal,
              fixes::set_boot_parameter(subject_of(fix), fix.files.at(0).path, fix.files.at(0).lines));
}

std::string install_kernel(fixes::Journal& journal, const Fix& fix, const Subject&) {
  return install_named_kernel(journal, subject_of(fix));
}

/// What kerneltour makes itself, by what the fix's id begins with.
struct Maker {
  std::string_view kind;
  std::string (*make)(fixes::Journal& journal, const Fix& fix, const Subject& owner);
};
constexpr Maker makers[] = {
    {"subordinate-ids", grant_ids}, {"cgroup-delegation", delegate},    {"user-manager", keep_manager},
    {"sysctl", set_sysctl},         {"apparmor-profile", load_profile}, {"boot-parameter", set_parameter},
    {"kernel", install_kernel},
};

const Maker* maker_of(const Fix& fix) {
  const auto found = std::ranges::find(makers, kind_of(fix), &Maker::kind);
  return found == std::end(makers) ? nullptr : found;
}

bool is_package(const Fix& fix) { return kind_of(fix) == "package" && !fix.id.ends_with(reinstalls); }

apt::Wish wish_for(const std::vector<std::string>& names) {
  apt::Wish wish;
  for (const auto& name : names) wish.install.push_back({name});
  return wish;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void refuse_unfit(const apt::Plan& plan) {
  if (!plan.unfinished.empty())
    throw std::runtime_error(fmt::format("dpkg has not finished with {}; type: sudo dpkg --configure -a",
                                         joined(plan.unfinished)));
  if (!plan.is_possible()) throw std::runtime_error(joined(plan.broken));
  std::vector<std::string> removed;
  for (const auto& step : plan.steps)
    if (step.to.empty()) removed.push_back(step.package);
  if (!removed.empty()) throw std::runtime_error(fmt::format("it would remove {}", joined(removed)));
}

}  // namespace

bool is_made_here(const Fix& fix) { return is_package(fix) || maker_of(fix); }

bool waits_for_reboot(const Fix& fix) {
  return kind_of(fix) == "boot-parameter" &&
         fixes::is_set_for_next_boot(subject_of(fix), fix.files.at(0).path, fix.files.at(0).lines);
}

std::string make_fix(fixes::Journal& journal, const Fix& fix, const Subject& owner) {
  return maker_of(fix)->make(journal, fix, owner);
}

std::vector<std::string> packages_in(const std::vector<PlannedFix>& plan) {
  std::vector<std::string> names;
  for (const auto& planned : plan)
    if (is_package(planned.fix)) names.push_back(subject_of(planned.fix));
  return names;
}

apt::Plan plan_packages(const std::vector<std::string>& names) {
  const auto session = open_session("", command);
  PackageProgress progress;
  auto plan = apt::Cache(session, {}, false, progress).plan(wish_for(names));
  refuse_unfit(plan);
  return plan;
}

std::string install_packages(fixes::Journal& journal, const std::vector<std::string>& names) {
  const auto session = open_session("", command);
  PackageProgress progress;
  fixes::tell_of_packages(&progress);
  apt::Transaction transaction{wish_for(names), {}, {}, fixes::ready_packages_log("")};
  {
    apt::Cache cache(session, {}, false, progress);
    const auto plan = cache.plan(transaction.wish);
    refuse_unfit(plan);
    transaction.agreed = plan.steps;
    apt::Archives(cache).fetch(progress);
  }
  const auto change = fixes::packages_change("", fixes::addition_in(transaction.agreed, joined(names)));
  const auto made = journal.make(change, [&] { apt::carry_out(session, transaction, progress); });
  fixes::tell_of_packages(nullptr);
  return made.summary;
}

}  // namespace kerneltour::commands
