#pragma once

#include <initializer_list>
#include <optional>

#include "features/evidence.hpp"

// Why a verdict cannot be told: what it rests on could not be looked at, or did not answer.
namespace kerneltour::features {

/// Where files about one of these subjects could not be read; nullopt where all could. `evidence` gains a
/// line for each of the files.
std::optional<Verdict> unreadable(const host::Facts& facts, std::initializer_list<host::About> subjects,
                                  const EvidenceList& evidence);

/// Where the command line of the kernel is not known, because the file that has it could not be read.
std::optional<Verdict> unreadable_command_line(const host::Facts& facts, const EvidenceList& evidence);

/// On the running host without /proc: in a chroot where nobody mounted it.
std::optional<Verdict> no_proc(const host::Facts& facts, const EvidenceList& evidence);

/// A probe that was refused for no reason that is known, or that ended without an answer.
Verdict no_verdict(const probes::Outcome& outcome, EvidenceList evidence);

}  // namespace kerneltour::features
