#include "features/evidence.hpp"

#include <fmt/format.h>

#include "posix/text.hpp"

namespace kerneltour::features {
namespace {

std::string describe(const host::KernelConfig& config, std::string_view option) {
  switch (config.state(option)) {
    case host::ConfigState::built_in:
      return fmt::format("{}=y", option);
    case host::ConfigState::module:
      return fmt::format("{}=m", option);
    case host::ConfigState::off:
      return fmt::format("{} is not set", option);
    case host::ConfigState::other:
      return fmt::format("{}={}", option, config.value(option).value_or(""));
    case host::ConfigState::unmentioned:
      return fmt::format("no line about {}", option);
  }
  return {};
}

}  // namespace

void add_release(EvidenceList& evidence, const host::Facts& facts) {
  if (facts.release) evidence.push_back({facts.release_source, facts.release->text});
}

void add_config(EvidenceList& evidence, const host::Facts& facts,
                std::initializer_list<std::string_view> options) {
  for (const auto& [path, reason] : facts.config.failures) evidence.push_back({path, reason});
  if (!facts.config.config) {
    evidence.push_back({"kernel configuration", "none found"});
    return;
  }
  for (const auto option : options)
    evidence.push_back({facts.config.path, describe(*facts.config.config, option)});
}

void add_boot_parameter(EvidenceList& evidence, const host::Facts& facts, std::string_view name) {
  if (!facts.boot_parameters) return;
  const auto value = facts.boot_parameters->last(name);
  if (!value) return;
  evidence.push_back({facts.boot_parameters_source,
                      value->empty() ? std::string(name) : fmt::format("{}={}", name, *value)});
}

void add_sysctl(EvidenceList& evidence, const host::Facts& facts, std::string_view name) {
  const auto setting = facts.sysctls.find(name);
  if (setting == facts.sysctls.end()) return;
  evidence.push_back({setting->second.source, fmt::format("{} = {}", name, setting->second.value)});
}

void add_probe(EvidenceList& evidence, const probes::Outcome& outcome, std::string_view who) {
  if (!outcome.asked()) return;
  evidence.push_back({who.empty() ? std::string("probe") : fmt::format("probe as {}", who), outcome.says()});
}

std::optional<unsigned long long> sysctl_number(const host::Facts& facts, std::string_view name) {
  const auto setting = facts.sysctls.find(name);
  if (setting == facts.sysctls.end()) return std::nullopt;
  return posix::parse_number<unsigned long long>(setting->second.value);
}

host::ConfigState config_state(const host::Facts& facts, std::string_view option) {
  return facts.config.config ? facts.config.config->state(option) : host::ConfigState::unmentioned;
}

bool is_before(const host::Facts& facts, std::string_view since) {
  const auto version = host::parse_kernel_version(since);
  return facts.release && version && !facts.release->at_least(*version);
}

}  // namespace kerneltour::features
