#pragma once

#include <cerrno>
#include <string>

#include "features/all.hpp"
#include "support/debian.hpp"

// Judging a host made of values.
namespace kerneltour::test {

inline void set_config(host::Facts& facts, const std::string& lines) {
  facts.config.config = host::KernelConfig::parse(lines);
}

inline void set_command_line(host::Facts& facts, const std::string& text) {
  facts.boot_parameters = host::BootParameters::parse(text);
}

inline void set_sysctl(host::Facts& facts, const std::string& name, const std::string& value) {
  facts.sysctls[name] = {value, "/proc/sys/" + name};
}

inline void set_release(host::Facts& facts, const std::string& text) {
  facts.release = host::parse_kernel_release(text);
}

inline probes::Outcome worked() { return {probes::Outcome::Result::worked, "the last call", 0}; }

inline probes::Outcome refused(const std::string& call, int error) {
  return {probes::Outcome::Result::refused, call, error};
}

/// The verdict for ann, who is at the keyboard.
inline features::Verdict judge(const features::Feature& feature, const host::Facts& facts,
                               const probes::Answers& answers = {}) {
  const features::Subject ann{"ann", 1000};
  return feature.judge({facts, answers, ann, ann});
}

/// "fixable boot-parameter", "ready"
inline std::string gist(const features::Verdict& verdict) {
  std::string text(name_of(verdict.status));
  if (verdict.layer) text += " " + std::string(name_of(*verdict.layer));
  return text;
}

inline bool says(const features::Verdict& verdict, const std::string& words) {
  return verdict.reason.find(words) != std::string::npos;
}

/// The commands of all fixes, a line each.
inline std::string commands_of(const features::Verdict& verdict) {
  std::string text;
  for (const auto& fix : verdict.fixes) {
    for (const auto& command : fix.commands) text += command + "\n";
  }
  return text;
}

}  // namespace kerneltour::test
