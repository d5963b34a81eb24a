#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/verdict.hpp"
#include "host/facts.hpp"
#include "probes/probe.hpp"

// What was read or asked, put into words. Each function adds one line for each thing that is known, and
// none for what is not.
namespace kerneltour::features {

using EvidenceList = std::vector<Evidence>;

/// The kernel's release, and where it was read.
void add_release(EvidenceList& evidence, const host::Facts& facts);
/// The options' lines in the kernel's configuration, or why there is none to look into.
void add_config(EvidenceList& evidence, const host::Facts& facts,
                std::initializer_list<std::string_view> options);
/// The last boot parameter of that name.
void add_boot_parameter(EvidenceList& evidence, const host::Facts& facts, std::string_view name);
void add_sysctl(EvidenceList& evidence, const host::Facts& facts, std::string_view name);
/// What the kernel answered to a probe made as `who` ("user ann").
void add_probe(EvidenceList& evidence, const probes::Outcome& outcome, std::string_view who = {});

/// A kernel setting as a number; nullopt where it is missing or none.
std::optional<unsigned long long> sysctl_number(const host::Facts& facts, std::string_view name);

/// What the kernel's configuration says of `option`; unmentioned where there is no configuration.
host::ConfigState config_state(const host::Facts& facts, std::string_view option);

/// Whether the release is known, and older than `since` ("4.20").
bool is_before(const host::Facts& facts, std::string_view since);

}  // namespace kerneltour::features
