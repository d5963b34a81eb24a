#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apt/plan.hpp"
#include "fixes/boot_plan.hpp"
#include "kernels/choose.hpp"
#include "kernels/space.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {

/// Something that was looked at before anything is touched.
struct Check {
  enum class Result {
    good,
    note,        ///< the person should know it
    refused,     ///< it must not be done so, and can be helped
    impossible,  ///< not on this host
  };
  std::string id;  ///< "secure-boot", "space"
  Result result = Result::good;
  std::string says;     ///< a sentence without its full stop
  std::string instead;  ///< what to do about it, likewise; empty where nothing is to be done
};

/// "good"
std::string_view name_of(Check::Result result);

/// All that `kernel install` is about to do.
struct KernelPlan {
  std::string root;
  kernels::Choice choice;
  apt::Wish wish;
  std::vector<std::string> indexes;  ///< of packages that no source of APT's has
  apt::Plan packages;
  std::uint64_t download = 0;         ///< bytes that are not there yet
  bool packages_known = true;         ///< false: what they need is known once they are downloaded
  std::vector<std::string> files;     ///< names of packages to be downloaded that APT does not know yet
  std::vector<std::string> left_out;  ///< why headers that were asked for are not among them
  std::vector<Check> checks;
  std::optional<fixes::BootRequest> request;  ///< nullopt: nothing about booting, on a host that does not run
  std::optional<fixes::BootPlan> boot;
  std::vector<std::string> judged;  ///< what its configuration says, once it is there
};

/// The worst of its checks: 0 where none is against it, else the exit status.
int refusal_status(const KernelPlan& plan);

/// Its first check that refuses it, as one sentence; empty where none does.
std::string refusal(const KernelPlan& plan);

/// What a person would type to the same end, as root.
std::vector<std::string> equivalent_commands(const KernelPlan& plan);

std::string as_text(const KernelPlan& plan, const posix::Terminal& terminal);
std::string as_json(const KernelPlan& plan);

}  // namespace kerneltour::commands
