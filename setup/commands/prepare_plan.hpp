#pragma once

#include <string>
#include <vector>

#include "features/judging.hpp"

namespace kerneltour::commands {

/// One thing to do, and the features that it is for.
struct PlannedFix {
  features::Fix fix;
  std::vector<std::string> features;
};

/// The fixes of all that can be made ready, and what adds to what is ready, each once, in the order in which
/// they are to be made: packages, IDs, managers of users, settings, profiles, the kernel's command line, the
/// kernel.
std::vector<PlannedFix> plan_fixes(const std::vector<features::Judged>& judged);

/// What a fix's id begins with: "package" in "package:uidmap".
std::string_view kind_of(const features::Fix& fix);

}  // namespace kerneltour::commands
