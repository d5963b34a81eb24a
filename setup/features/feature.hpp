#pragma once

#include <span>
#include <string>
#include <string_view>

#include "features/verdict.hpp"
#include "host/facts.hpp"
#include "probes/probe.hpp"

namespace kerneltour::features {

/// The person a verdict is for.
struct Subject {
  std::string name;  ///< "ann"; the number as text where it has no name
  uid_t uid = 0;
};

/// "user ann": "nobody" alone would read as no one.
inline std::string called(const Subject& subject) { return "user " + subject.name; }

/// All that a verdict may rest on.
struct Situation {
  const host::Facts& facts;
  const probes::Answers& answers;  ///< none asked where the host is not running
  Subject ordinary;                ///< who the probes as an ordinary user were made as
  Subject owner;                   ///< whose subordinate IDs count
};

/// One thing that a chapter may need of a host.
struct Feature {
  std::string_view id;  ///< stable: never changes meaning
  std::string_view title;
  std::string_view since;  ///< first Linux version with it, "3.9"; empty where it is none of the kernel's
  std::string_view about;  ///< what it is, in a few sentences
  std::span<const std::string_view> documents;  ///< where it is documented: "user_namespaces(7)"
  std::span<const probes::Id> probes;           ///< what it asks the kernel
  std::span<const std::string_view> programs;   ///< what it looks for on the host
  Verdict (*judge)(const Situation&);           ///< pure: facts and answers in, verdict out
};

}  // namespace kerneltour::features
