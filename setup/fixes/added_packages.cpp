#include "fixes/added_packages.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
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
constexpr const char* packages_directory = "/var/lib/kerneltour/packages/";
constexpr const char* lock_file = "/var/lib/kerneltour/packages.lock";
constexpr const char* dpkg_locks[] = {"/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock"};
constexpr const char* undoing = "kerneltour undo";

apt::Observer silent;
apt::Observer* told = &silent;

std::vector<std::string> names_of(const Addition& addition) {
  std::vector<std::string> names;
  for (const auto& package : addition.packages) names.push_back(package.name);
  return names;
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
  apt::Transaction transaction{{.install = {}, .purge = names}, {}, {}, {}};
  const auto plan = cache.plan(transaction.wish);
  if (const auto others = collateral(plan, names); !plan.is_possible() || !others.empty())
    throw std::runtime_error(fmt::format("{} cannot be removed without {}", names.front(),
                                         others.empty() ? plan.broken.front() : others));
  transaction.agreed = plan.steps;
  return transaction;
}

/// All of them are gone when this returns, whatever state they were in. Throws std::runtime_error.
void have_gone(const std::string& root, const Addition& addition) {
  const auto states = package_states(root, names_of(addition));
  if (states.empty()) return;
  if (has_half_done(root, states)) return purge_half_done(root, states);
  std::vector<std::string> names;
  for (const auto& state : states) names.push_back(state.name);
  const apt::Session session(root, undoing);
  auto transaction = removal(session, names);
  transaction.log = ready_packages_log(root);
  apt::carry_out(session, transaction, *told);
}

}  // namespace

const Kind added_packages = {
    "packages",
    lock_packages,
    obstacle_to_removal,
    "The packages that came with it are purged. What was upgraded for them stays upgraded.",
    announce_packages,
    true,
};

/// libapt-pkg takes dpkg's locks itself, in a process of its own. What is waited for here is a dpkg that goes
/// on although the kerneltour that called it was killed.
posix::FileLock lock_packages(const posix::FileLock::Waiting& waiting, const std::string& root) {
  for (const auto* path : dpkg_locks) posix::FileLock(root + path, std::nullopt, waiting);
  return {root + lock_file, std::nullopt, waiting};
}

void announce_packages(const Change& change) {
  if (access(change.edits.at(0).path.c_str(), F_OK) == 0) return;  // the packages were there before this was
  have_gone(change.root, addition_of(change));
}

std::string obstacle_to_removal(const Change& change) {
  const auto states = package_states(change.root, names_of(addition_of(change)));
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

std::string to_text(const Addition& addition) {
  Json packages = Json::array();
  for (const auto& package : addition.packages)
    packages.push_back({{"name", package.name}, {"version", package.version}});
  const Json json = {{"schema", schema}, {"purpose", addition.purpose}, {"packages", std::move(packages)}};
  return json.dump(2) + "\n";
}

Addition parse_addition(std::string_view text) {
  try {
    const auto json = Json::parse(text);
    if (json.at("schema") != schema) throw std::runtime_error("another version of kerneltour wrote it");
    Addition addition{json.at("purpose").get<std::string>(), {}};
    for (const auto& package : json.at("packages"))
      addition.packages.push_back(
          {package.at("name").get<std::string>(), package.at("version").get<std::string>()});
    return addition;
  } catch (const std::exception& error) {
    throw std::runtime_error(
        fmt::format("a change's record does not say which packages it brought: {}", error.what()));
  }
}

Addition addition_of(const Change& change) { return parse_addition(change.edits.at(0).after.text); }

bool brings_packages(const Change& change) { return kind_of(change.kind).beyond_files; }

Addition addition_in(const std::vector<apt::Step>& steps, std::string purpose) {
  Addition addition{std::move(purpose), {}};
  for (const auto& step : steps)
    if (step.action == apt::Step::Action::install) addition.packages.push_back({step.package, step.to});
  return addition;
}

Change packages_change(const std::string& root, const Addition& addition) {
  Change change;
  change.kind = added_packages.name;
  change.root = root;
  change.summary = fmt::format("installed for {}: {} package{}", addition.purpose, addition.packages.size(),
                               addition.packages.size() == 1 ? "" : "s");
  // By the first package's name: what is there already is brought by no other change.
  change.edits = {write_file(
      fmt::format("{}{}{}.json", root, packages_directory, addition.packages.at(0).name), to_text(addition))};
  return change;
}

void tell_of_packages(apt::Observer* observer) { told = observer ? observer : &silent; }

std::string ready_packages_log(const std::string& root) {
  const auto path = root + packages_log;
  posix::make_directories(path.substr(0, path.rfind('/')), 0755);
  return path;
}

}  // namespace kerneltour::fixes
