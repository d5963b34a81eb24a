#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apt/archives.hpp"
#include "apt/cache.hpp"
#include "apt/download.hpp"
#include "apt/session.hpp"
#include "commands/kernel_judgement.hpp"
#include "commands/kernel_plan.hpp"
#include "commands/package_progress.hpp"
#include "host/confinement.hpp"
#include "kernels/built_kernel.hpp"
#include "kernels/settings.hpp"

namespace kerneltour::commands {

/// What somebody wants of `kernel install`.
struct KernelRequest {
  std::string root;
  std::vector<std::string> files;  ///< packages' files
  kernels::Need need;
  std::optional<kernels::Source> source;
  bool headers = false;
  std::optional<fixes::BootChoice> boot;
  std::vector<std::string> parameters;  ///< for its command line, besides those that it needs
  kernels::Settings settings;
};

/// Makes the plan of an installation, step by step: what is not known yet is asked for, and the plan made
/// again. Nothing of it changes the host; a cache of ours is filled.
class KernelPlanning {
 public:
  KernelPlanning(const KernelRequest& request, const apt::Session& session, PackageProgress& progress);
  ~KernelPlanning();

  /// The plan as it is known now. Throws UsageError where the kernel that is named is not there, and
  /// std::runtime_error.
  KernelPlan make();

  /// Has packages that APT knows nothing of fetched into our cache, and checked; afterwards make() knows
  /// them.
  void fetch_unknown();

  /// Fetches all else, and reads in the packages what kernel it is.
  kernels::BuiltKernel fetch_and_read(const KernelPlan& plan);

  /// The plan with what the kernel's own configuration needs and says.
  void take_build(KernelPlan& plan, const kernels::BuiltKernel& built, const KernelJudgement& judgement);

  /// The files of all packages, once they are fetched.
  const std::vector<apt::Archive>& archives() const { return archives_; }

  /// APT's lists are let go of: what follows opens them with a lock.
  void close();

 private:
  struct OwnPackages;

  kernels::Choice choose_kernel(const host::BootSetup& setup);
  kernels::Choice choose_mainline(const std::string& version, const std::string& why);
  kernels::Choice choose_file();
  apt::Wish wish_for(const kernels::Choice& choice, bool headers) const;
  void open_cache();
  void plan_packages(KernelPlan& plan);
  void plan_boot(KernelPlan& plan, const host::BootSetup& setup);
  void check(KernelPlan& plan, const host::BootSetup& setup, bool is_signed);
  std::string write_index(const std::string& directory, const std::vector<apt::Download>& packages);

  const KernelRequest& request_;
  const apt::Session& session_;
  PackageProgress& progress_;
  std::unique_ptr<apt::Cache> cache_;
  std::optional<apt::Archives> to_fetch_;  ///< for the plan that is made there
  std::unique_ptr<OwnPackages> own_;
  bool fetched_ = false;  ///< these were just fetched and checked, and APT checks them once more
  std::vector<std::string> indexes_;
  std::vector<apt::Archive> archives_;
  std::optional<host::Confinement> confinement_;  ///< of the host, once it was read
};

}  // namespace kerneltour::commands
