#include "fixes/kernel_packages.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "apt/cache.hpp"
#include "apt/transaction.hpp"
#include "fixes/half_done_packages.hpp"
#include "posix/atomic_file.hpp"

namespace kerneltour::fixes {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema = 1;
constexpr const char* kernels_directory = "/var/lib/kerneltour/kernels/";
constexpr const char* lock_file = "/var/lib/kerneltour/packages.lock";
constexpr const char* dpkg_locks[] = {"/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock"};
constexpr const char* undoing = "kerneltour undo";

apt::Observer silent;
apt::Observer* told = &silent;

/// libapt-pkg takes dpkg's locks itself, in a process of its own. What is waited for here is a dpkg that goes
/// on although the kerneltour that called it was killed.
posix::FileLock lock_packages(const posix::FileLock::Waiting& waiting, const std::string& root) {
  for (const auto* path : dpkg_locks) posix::FileLock(root + path, std::nullopt, waiting);
  return {root + lock_file, std::nullopt, waiting};
}

std::vector<std::string> names_of(const AddedKernel& kernel) {
  std::vector<std::string> names;
  for (const auto& package : kernel.packages) names.push_back(package.name);
  return names;
}

std::string running_release() {
  utsname name;
  return uname(&name) == 0 ? name.release : "";
}

/// What would have to go with the packages, because it needs them.
std::string collateral(const apt::Plan& plan, const std::vector<std::string>& names) {
  std::string others;
  for (const auto& step : plan.steps) {
    if (std::find(names.begin(), names.end(), step.package) != names.end()) continue;
    others += (others.empty() ? "" : ", ") + step.package;
  }
  return others;
}

apt::Transaction removal(const apt::Session& session, const std::vector<std::string>& names) {
  apt::Cache cache(session, {}, false, *told);
  apt::Transaction transaction{{.install = {}, .purge = names}, {}, {}, ready_packages_log(session.root())};
  const auto plan = cache.plan(transaction.wish);
  if (const auto others = collateral(plan, names); !plan.is_possible() || !others.empty())
    throw std::runtime_error(fmt::format("{} cannot be removed without {}", names.front(),
                                         others.empty() ? plan.broken.front() : others));
  transaction.agreed = plan.steps;
  return transaction;
}

/// All of them are gone when this returns, whatever state they were in. Throws std::runtime_error.
void have_gone(const std::string& root, const AddedKernel& kernel) {
  const auto states = package_states(root, names_of(kernel));
  if (states.empty()) return;
  if (has_half_done(root, states)) return purge_half_done(root, states);
  std::vector<std::string> names;
  for (const auto& state : states) names.push_back(state.name);
  const apt::Session session(root, undoing);
  apt::carry_out(session, removal(session, names), *told);
}

void announce(const Change& change) {
  const auto& edit = change.edits.at(0);
  if (access(edit.path.c_str(), F_OK) == 0) return;  // it is made: the packages were there before this was
  have_gone(change.root, parse_added_kernel(edit.after.text));
}

/// Whether there is another kernel's image in /boot.
bool is_last_kernel(const std::string& root, const std::string& release) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root + "/boot", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if ((name.starts_with("vmlinuz-") || name.starts_with("vmlinux-")) && !name.ends_with("-" + release))
      return false;
  }
  return true;
}

std::string obstacle(const Change& change) {
  const auto kernel = added_kernel_of(change);
  if (change.root.empty() && kernel.release == running_release())
    return fmt::format("Linux {} runs, and a kernel is not removed from under a running system",
                       kernel.release);
  const auto states = package_states(change.root, names_of(kernel));
  if (!states.empty() && is_last_kernel(change.root, kernel.release))
    return fmt::format(
        "Linux {} is the last kernel here: install another one first (kerneltour kernel install)",
        kernel.release);
  if (states.empty() || has_half_done(change.root, states)) return {};
  std::vector<std::string> names;
  for (const auto& state : states) names.push_back(state.name);
  try {
    removal(apt::Session(change.root, undoing), names);
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

}  // namespace

const Kind kernel_packages = {
    "kernel-packages",
    lock_packages,
    obstacle,
    "The packages that came with the kernel are purged. What was upgraded for it stays upgraded.",
    announce,
    true,
};

std::string to_text(const AddedKernel& kernel) {
  Json packages = Json::array();
  for (const auto& package : kernel.packages)
    packages.push_back({{"name", package.name}, {"version", package.version}});
  const Json json = {{"schema", schema}, {"release", kernel.release}, {"packages", std::move(packages)}};
  return json.dump(2) + "\n";
}

AddedKernel parse_added_kernel(std::string_view text) {
  try {
    const auto json = Json::parse(text);
    if (json.at("schema") != schema) throw std::runtime_error("another version of kerneltour wrote it");
    AddedKernel kernel{json.at("release").get<std::string>(), {}};
    for (const auto& package : json.at("packages"))
      kernel.packages.push_back(
          {package.at("name").get<std::string>(), package.at("version").get<std::string>()});
    return kernel;
  } catch (const std::exception& error) {
    throw std::runtime_error(
        fmt::format("a change's record does not say which packages it brought: {}", error.what()));
  }
}

Change kernel_change(const std::string& root, const std::string& release,
                     const std::vector<apt::Step>& steps) {
  AddedKernel kernel{release, {}};
  for (const auto& step : steps)
    if (step.action == apt::Step::Action::install) kernel.packages.push_back({step.package, step.to});
  Change change;
  change.kind = kernel_packages.name;
  change.root = root;
  change.summary = fmt::format("Linux {} is installed: {} package{}", release, kernel.packages.size(),
                               kernel.packages.size() == 1 ? "" : "s");
  change.edits = {write_file(fmt::format("{}{}{}.json", root, kernels_directory, release), to_text(kernel))};
  return change;
}

AddedKernel added_kernel_of(const Change& change) {
  return parse_added_kernel(change.edits.at(0).after.text);
}

const Change* change_that_added(const Kept& kept, std::string_view release) {
  const auto found = std::find_if(kept.changes.rbegin(), kept.changes.rend(), [&](const Change& change) {
    return change.kind == kernel_packages.name && change.stage == Stage::made &&
           added_kernel_of(change).release == release;
  });
  return found == kept.changes.rend() ? nullptr : &*found;
}

void tell_of_packages(apt::Observer* observer) { told = observer ? observer : &silent; }

std::string ready_packages_log(const std::string& root) {
  const auto path = root + packages_log;
  posix::make_directories(path.substr(0, path.rfind('/')), 0755);
  return path;
}

}  // namespace kerneltour::fixes
