#pragma once

#include <string>
#include <vector>

#include "apt/observer.hpp"
#include "apt/plan.hpp"
#include "apt/session.hpp"

namespace kerneltour::apt {

/// What is to be done to the system's packages, as it was shown to the person.
struct Transaction {
  Wish wish;
  std::vector<std::string> indexes = {};  ///< of packages of our own, as Cache has them
  std::vector<Step> agreed;               ///< the steps that the wish has to come to, then as now
  std::string log;                        ///< a file that gets all that dpkg and the packages' scripts print
};

/// Has dpkg do it, by way of libapt-pkg, in a child process that has APT's locks of its own: whatever becomes
/// of this process, dpkg is not stopped in the middle, and nobody else comes in between. Keys that stop
/// programs do not reach dpkg. The archives have to be there already (Archives::fetch()). Throws Error where
/// dpkg failed, where the wish comes to something else by now, and where the locks are not to be had; only
/// the first leaves packages half done.
void carry_out(const Session& session, const Transaction& transaction, Observer& observer);

}  // namespace kerneltour::apt
