#pragma once

#include <sys/types.h>

#include <vector>

#include "features/feature.hpp"
#include "host/facts.hpp"
#include "host/host.hpp"

namespace kerneltour::features {

/// For whom a host is judged.
struct Subjects {
  Subject ordinary;  ///< as whom ordinary users' probes are made
  gid_t ordinary_gid = 0;
  Subject owner;  ///< whose subordinate IDs count
};

/// The user who runs this process, in both parts.
Subjects caller();

/// A feature and what is true of it.
struct Judged {
  const Feature* feature;
  Verdict verdict;
};

/// A host, and what is true of some features there.
struct Judgement {
  host::Facts facts;
  std::vector<Judged> features;
};

/// Asks the running kernel, and reads the host's files while it answers.
/// Throws posix::SystemError where no process can be made to ask.
Judgement judge_running(const std::vector<const Feature*>& features, const Subjects& subjects);

/// Judges what was read of a host that is not running.
std::vector<Judged> judge_facts(const std::vector<const Feature*>& features, const host::Facts& facts,
                                const Subjects& subjects);

}  // namespace kerneltour::features
