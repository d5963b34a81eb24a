#include "commands/kernel_planning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "apt/deb_file.hpp"
#include "apt/downloads.hpp"
#include "commands/command.hpp"
#include "commands/kernel_checks.hpp"
#include "commands/kernel_options.hpp"
#include "commands/kernel_sources.hpp"
#include "fixes/boot_obstacles.hpp"
#include "fixes/boot_trial.hpp"
#include "kernels/image_package.hpp"
#include "kernels/mainline_choice.hpp"
#include "kernels/packages_index.hpp"
#include "posix/atomic_file.hpp"
#include "posix/text.hpp"

namespace kerneltour::commands {
namespace {

using kernels::Choice;
using kernels::Kernel;
using kernels::Source;

std::vector<std::string> with_parameters(std::vector<std::string> parameters,
                                         const std::vector<std::string>& more) {
  for (const auto& parameter : more)
    if (std::ranges::find(parameters, parameter) == parameters.end()) parameters.push_back(parameter);
  return parameters;
}

bool is_kernel_part(std::string_view package) {
  return package.starts_with("linux-image-") || package.starts_with("linux-modules-");
}

std::optional<fixes::Trial> trial_now() {
  const auto kept = fixes::read_journal(fixes::journal_directory);
  const auto* change = fixes::trial_change(kept);
  return change ? std::optional(fixes::trial_of(*change)) : std::nullopt;
}

std::string file_name_of(const apt::DebFields& fields) {
  return fmt::format("{}_{}_{}.deb", fields.package, fields.version, fields.architecture);
}

/// Where it does not fit, nothing of it is left.
void copy_package(const std::string& file, const std::string& path) {
  namespace fs = std::filesystem;
  const auto size = fs::file_size(file);
  std::error_code none;
  const auto had = fs::file_size(path, none);
  const auto free = fs::space(fs::path(path).parent_path()).available + (none ? 0 : had);
  if (size > free)
    throw Refusal(fmt::format("{} takes {}, and {} has {} free; nothing was changed", file, size_text(size),
                              fs::path(path).parent_path().string(), size_text(free)),
                  1);
  fs::copy_file(file, path, fs::copy_options::overwrite_existing);
}

/// What is there in part, or is another file, the download goes on with, or fetches anew.
bool is_whole(const apt::Download& package) {
  return std::filesystem::exists(package.path) && apt::sha256_of(package.path) == package.sha256;
}

std::string name_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

/// Packages that APT knows nothing of.
struct KernelPlanning::OwnPackages {
  std::string directory;  ///< with all of them, and with their index
  std::vector<apt::Download> packages;
  std::vector<std::string> names;  ///< of the packages to install
};

KernelPlanning::KernelPlanning(const KernelRequest& request, const apt::Session& session,
                               PackageProgress& progress)
    : request_(request), session_(session), progress_(progress) {}

KernelPlanning::~KernelPlanning() = default;

void KernelPlanning::close() {
  to_fetch_.reset();
  cache_.reset();
}

void KernelPlanning::open_cache() {
  close();
  cache_ = std::make_unique<apt::Cache>(session_, indexes_, false, progress_);
}

std::string KernelPlanning::write_index(const std::string& directory,
                                        const std::vector<apt::Download>& packages) {
  const auto path = directory + "/Packages";
  posix::replace_file(path, kernels::packages_index(packages, apt::deb_control), {.mode = 0644});
  return path;
}

Choice KernelPlanning::choose_mainline(const std::string& version, const std::string& why) {
  const auto archive = open_archive(request_.settings, request_.root, apt::fetch_by_apt(session_, progress_));
  auto chosen = kernels::choose_mainline(archive, version, request_.need.at_least, session_.architecture());
  own_ = std::make_unique<OwnPackages>();
  own_->directory = chosen.archived.directory;
  own_->packages = kernels::packages(chosen.archived, request_.headers);
  own_->names.push_back(chosen.archived.build.image.package);
  if (const auto& modules = chosen.archived.build.modules) own_->names.push_back(modules->package);
  if (request_.headers)
    for (const auto& headers : chosen.archived.build.headers) own_->names.push_back(headers.package);
  return {kernels::kernel_of(chosen.archived), {}, fmt::format("{}; {}", why, chosen.reason)};
}

/// Copies, under the names that their contents say: who can write to the originals cannot write to these.
Choice KernelPlanning::choose_file() {
  own_ = std::make_unique<OwnPackages>();
  own_->directory = cache_directory(request_.root, "files");
  posix::make_directories(own_->directory, 0755);
  Kernel kernel;
  for (const auto& file : request_.files) {
    const auto fields = apt::parse_deb_control(apt::deb_control(file));
    if (fields.architecture != session_.architecture() && fields.architecture != "all")
      throw Refusal(fmt::format("{} is for {}, and this host is {}; nothing was changed", file,
                                fields.architecture, session_.architecture()),
                    3);
    const auto path = own_->directory + "/" + file_name_of(fields);
    copy_package(file, path);
    own_->packages.push_back({.url = {}, .path = path, .what = {}, .sha256 = apt::sha256_of(path)});
    own_->names.push_back(fields.package);
    const auto image = kernels::parse_image_package(fields.package);
    if (!image) continue;
    if (!kernel.package.empty())
      throw UsageError(
          fmt::format("{} and {} are two kernels: install one at a time", kernel.package, fields.package));
    kernel.release = image->release;
    kernel.version = kernels::linux_version(fields.version);
    kernel.package = fields.package;
    kernel.package_version = fields.version;
  }
  if (kernel.package.empty())
    throw UsageError(
        "none of these files is a kernel: their packages have names like linux-image-6.12.9-amd64");
  kernel.source = Source::file;
  kernel.origin = "local files";
  kernels::BuiltKernel built;
  for (const auto& package : own_->packages)
    if (is_kernel_part(name_in(package.path))) kernels::read_build(package.path, built);
  kernel.is_signed = built.is_signed.value_or(false);
  return {kernel, {}, "its file was named"};
}

Choice KernelPlanning::choose_kernel(const host::BootSetup& setup) {
  if (!request_.files.empty()) return choose_file();
  if (request_.source == Source::mainline) return choose_mainline(request_.need.named, "as asked");
  open_cache();
  auto found = kernels_of_host(*cache_, setup);
  if (request_.source)
    std::erase_if(found, [&](const Kernel& kernel) {
      return *request_.source == Source::installed ? !kernel.installed : kernel.source != *request_.source;
    });
  if (auto choice = kernels::choose(found, request_.need)) return *choice;
  const auto& named = request_.need.named;
  if (request_.source || (!named.empty() && !kernels::is_mainline_name(named)))
    throw UsageError(named.empty()
                         ? "no kernel here is new enough; kerneltour kernel list names them"
                         : fmt::format("there is no kernel '{}' here; kerneltour kernel list names them, "
                                       "and apt-get update looks for new ones",
                                       posix::printable(named)));
  return choose_mainline(
      named, named.empty() ? "APT's sources have none that is new enough" : "APT's sources do not have it");
}

apt::Wish KernelPlanning::wish_for(const kernels::Choice& choice, bool headers) const {
  apt::Wish wish;
  const auto& kernel = choice.kernel;
  if (own_) {
    for (const auto& name : own_->names)
      if (headers || !name.starts_with("linux-headers-")) wish.install.push_back({name});
    return wish;
  }
  if (!choice.metapackage.empty()) {
    wish.install.push_back({choice.metapackage});
  } else if (!kernel.package.empty()) {
    wish.install.push_back({kernel.package, kernel.is_candidate ? "" : kernel.package_version});
  }
  if (headers) wish.install.push_back({"linux-headers-" + kernel.release.text});
  return wish;
}

/// Headers that cannot be installed are left out: the kernel does not need them.
void KernelPlanning::plan_packages(KernelPlan& plan) {
  // The files of headers that were named are wanted.
  const bool headers = request_.headers || !request_.files.empty();
  plan.wish = wish_for(plan.choice, headers);
  to_fetch_.reset();
  plan.packages = cache_->plan(plan.wish);
  if (headers && !plan.packages.is_possible()) {
    plan.left_out = plan.packages.broken;
    plan.wish = wish_for(plan.choice, false);
    plan.packages = cache_->plan(plan.wish);
  }
  to_fetch_.emplace(*cache_);
  plan.download = to_fetch_->bytes_to_fetch();
}

void KernelPlanning::fetch_unknown() {
  apt::fetch_by_apt(session_, progress_)(own_->packages);
  kernels::check_packages(own_->packages, apt::sha256_of);
  fetched_ = true;
}

kernels::BuiltKernel KernelPlanning::fetch_and_read(const KernelPlan& plan) {
  archives_ = to_fetch_->fetch(progress_);
  kernels::BuiltKernel built;
  built.release = plan.choice.kernel.release.text;
  for (const auto& archive : archives_)
    if (is_kernel_part(archive.package)) kernels::read_build(archive.path, built);
  return built;
}

void KernelPlanning::take_build(KernelPlan& plan, const kernels::BuiltKernel& built,
                                const KernelJudgement& judgement) {
  plan.judged = judgement.says;
  if (plan.request) plan.request->parameters = with_parameters(request_.parameters, judgement.parameters);
  const auto setup = boot_setup_of(request_.root);
  plan_boot(plan, setup);
  check(plan, setup, built.is_signed.value_or(plan.choice.kernel.is_signed));
}

void KernelPlanning::check(KernelPlan& plan, const host::BootSetup& setup, bool is_signed) {
  const auto host = host_at(request_.root);
  if (!confinement_) confinement_ = host::read_facts(host, {}).confinement;
  plan.checks = check_plan(plan, {host, setup, *confinement_}, is_signed,
                           session_.directory("Dir::Cache::archives"), request_.need.at_least);
}

/// What is not said is booted once where GRUB can, and else left to the person.
void KernelPlanning::plan_boot(KernelPlan& plan, const host::BootSetup& setup) {
  if (!request_.root.empty()) return;
  const auto& kernel = plan.choice.kernel;
  if (!plan.request)
    plan.request = fixes::BootRequest{kernel.release.text, request_.boot.value_or(fixes::BootChoice::once),
                                      request_.parameters};
  plan.boot.reset();
  if (kernel.running && !request_.boot) plan.request->choice = fixes::BootChoice::no;
  auto obstacles = fixes::boot_obstacles(setup, {}, *plan.request, true);
  std::erase_if(obstacles, [&](const fixes::BootObstacle& obstacle) { return is_for_root(obstacle, setup); });
  if (!request_.boot && !obstacles.empty()) plan.request->choice = fixes::BootChoice::no;
  // Where GRUB does not start this host, there is nothing of GRUB's to change.
  if (setup.loader.kind != host::Loader::Kind::grub) return;
  if (!obstacles.empty() && plan.request->choice == fixes::BootChoice::no) return;
  plan.boot = fixes::plan_boot(setup, trial_now(), *plan.request);
}

KernelPlan KernelPlanning::make() {
  KernelPlan plan;
  plan.root = request_.root;
  const auto setup = boot_setup_of(request_.root);
  plan.choice = choose_kernel(setup);
  const bool is_there = !own_ || fetched_ || std::ranges::all_of(own_->packages, is_whole);
  if (own_ && is_there) {
    indexes_ = {write_index(own_->directory, own_->packages)};
    open_cache();
  }
  plan.indexes = indexes_;
  plan.packages_known = is_there;
  if (is_there) plan_packages(plan);
  if (!is_there)
    for (const auto& package : own_->packages) plan.files.push_back(name_in(package.path));
  plan_boot(plan, setup);
  check(plan, setup, plan.choice.kernel.is_signed);
  return plan;
}

}  // namespace kerneltour::commands
