#pragma once

#include <string>
#include <vector>

#include "apt/plan.hpp"
#include "commands/prepare_plan.hpp"
#include "features/judging.hpp"

namespace kerneltour::commands {

/// A fix, and what became of it.
struct PreparedFix {
  enum class Outcome {
    planned,
    waiting,  ///< for a reboot: it was done before
    yours,    ///< kerneltour does not do it: commands for the person
    done,
    failed,    ///< the host is as before it
    left_out,  ///< since one before it failed
  };
  PlannedFix planned;
  Outcome outcome = Outcome::planned;
  std::string says = {};  ///< what was done, or why not
};

/// "planned"
std::string_view name_of(PreparedFix::Outcome outcome);

/// All that `prepare` is about to do, or has done.
struct Preparation {
  std::vector<PreparedFix> steps;
  std::vector<std::string> package_names;  ///< that are asked for
  apt::Plan packages;                      ///< what APT makes of them
};

/// Whether one before it failed that the same feature wants: it may be in vain, and is left out.
bool needs_what_failed(const PreparedFix& step, const Preparation& preparation);

/// The plan, for the person to agree to; empty where there is nothing to do.
std::string as_text(const Preparation& preparation, const std::vector<features::Judged>& judged);

/// How it stands afterwards, in a line or two.
std::string tell_outcome(const Preparation& preparation, const std::vector<features::Judged>& judged);

std::string as_json(const Preparation& preparation, const std::vector<features::Judged>& judged);

}  // namespace kerneltour::commands
