#include "features/psi.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <optional>

#include "features/all.hpp"
#include "features/remedies.hpp"
#include "features/untold.hpp"

namespace kerneltour::features {
namespace {

constexpr std::string_view since = "4.20";
constexpr std::string_view documents[] = {"proc_pressure(5)", "Documentation/accounting/psi.rst",
                                          "https://facebookmicrosites.github.io/psi/"};
constexpr probes::Id asked[] = {probes::Id::psi_read};

/// A switch on the command line as the kernel reads it (lib/kstrtox.c: kstrtobool).
std::optional<bool> kernel_bool(std::string_view text) {
  if (text.empty()) return std::nullopt;
  switch (text[0]) {
    case 'y':
    case 'Y':
    case 't':
    case 'T':
    case '1':
      return true;
    case 'n':
    case 'N':
    case 'f':
    case 'F':
    case '0':
      return false;
    case 'o':
    case 'O':
      if (text.size() > 1 && (text[1] == 'n' || text[1] == 'N')) return true;
      if (text.size() > 1 && (text[1] == 'f' || text[1] == 'F')) return false;
  }
  return std::nullopt;
}

struct Switches {
  std::optional<bool> parameter;  ///< psi= on the command line
  bool default_disabled = false;  ///< CONFIG_PSI_DEFAULT_DISABLED=y
};

Switches read_switches(const host::Facts& facts) {
  Switches switches;
  const auto value = facts.boot_parameters ? facts.boot_parameters->last("psi") : std::nullopt;
  if (value) switches.parameter = kernel_bool(*value);
  switches.default_disabled =
      config_state(facts, "CONFIG_PSI_DEFAULT_DISABLED") == host::ConfigState::built_in;
  return switches;
}

EvidenceList gather(const Situation& situation) {
  EvidenceList evidence;
  add_probe(evidence, situation.answers[probes::Id::psi_read]);
  add_release(evidence, situation.facts);
  add_config(evidence, situation.facts, {"CONFIG_PSI", "CONFIG_PSI_DEFAULT_DISABLED"});
  add_boot_parameter(evidence, situation.facts, "psi");
  return evidence;
}

Verdict works(const Situation& situation, std::string_view subject, EvidenceList evidence) {
  const auto switches = read_switches(situation.facts);
  if (switches.default_disabled && switches.parameter == true)
    return ready(fmt::format("{}: the kernel's configuration disables it by default, and psi=1 on the "
                             "command line enables it",
                             subject),
                 std::move(evidence));
  return ready(std::string(subject), std::move(evidence));
}

/// Why a kernel that has PSI in it does not offer it; nullopt where neither switch is off.
std::optional<Verdict> switched_off(const Situation& situation, const EvidenceList& evidence) {
  const auto& facts = situation.facts;
  const auto switches = read_switches(facts);
  if (switches.parameter == false)
    return needs_boot_parameter(facts, Layer::boot_parameter,
                                "built in, and disabled by psi=0 on the kernel command line", evidence,
                                "psi=1");
  if (switches.default_disabled && !switches.parameter)
    return needs_boot_parameter(facts, Layer::boot_parameter,
                                "built in, and disabled by default (CONFIG_PSI_DEFAULT_DISABLED=y): it needs "
                                "psi=1 on the kernel command line",
                                evidence, "psi=1");
  return std::nullopt;
}

/// The layers below the probe, from the bottom up; nullopt where none of them is known to be in the way.
std::optional<Verdict> explain(const Situation& situation, const EvidenceList& evidence) {
  const auto& facts = situation.facts;
  const auto config = config_state(facts, "CONFIG_PSI");
  if (config == host::ConfigState::built_in) {
    if (auto verdict = unreadable_command_line(facts, evidence)) return verdict;
    return switched_off(situation, evidence);
  }
  if (is_before(facts, since))
    return needs_other_kernel(facts, Layer::kernel_version,
                              fmt::format("Linux {} is older than {}, the first version with pressure stall "
                                          "information",
                                          facts.release->text, since),
                              evidence, since);
  if (config == host::ConfigState::off)
    return needs_other_kernel(
        facts, Layer::kernel_config,
        "the kernel was built without pressure stall information (CONFIG_PSI is not set)", evidence, since);
  return std::nullopt;
}

Verdict judge_refusal(const Situation& situation, EvidenceList evidence) {
  const auto& outcome = situation.answers[probes::Id::psi_read];
  if (outcome.result != probes::Outcome::Result::refused) return no_verdict(outcome, std::move(evidence));
  if (auto verdict = no_proc(situation.facts, evidence)) return *verdict;
  if (auto verdict = explain(situation, evidence)) return *verdict;
  // Before Linux 5.6 the files of a disabled PSI exist and cannot be read (commit 3d817689a62c).
  if (outcome.error == EOPNOTSUPP)
    return needs_boot_parameter(situation.facts, Layer::boot_parameter,
                                "built in, and disabled: it needs psi=1 on the kernel command line",
                                std::move(evidence), "psi=1");
  if (situation.facts.confinement.wsl)
    return needs_boot_parameter(situation.facts, Layer::boot_parameter, "/proc/pressure is not there",
                                std::move(evidence), "psi=1");
  if (const auto foreign = foreign_kernel(situation.facts); !foreign.empty())
    return impossible(Layer::container, "/proc/pressure is not there; " + foreign, std::move(evidence));
  return unknown(Layer::kernel_config,
                 "/proc/pressure is not there, and no configuration of this kernel was found that says "
                 "whether it was built without it or disables it",
                 std::move(evidence));
}

Verdict judge_offline(const Situation& situation, EvidenceList evidence) {
  const auto& facts = situation.facts;
  if (const auto cpu = facts.pressure.find("cpu"); cpu != facts.pressure.end() && cpu->second) {
    evidence.push_back({"/proc/pressure/cpu", "can be read"});
    return works(situation, "the kernel offers /proc/pressure", std::move(evidence));
  }
  if (auto verdict = explain(situation, evidence)) return *verdict;
  if (facts.proc)
    return unknown(Layer::kernel_config,
                   "/proc was captured without /proc/pressure, and nothing that was read says why",
                   std::move(evidence));
  if (config_state(facts, "CONFIG_PSI") == host::ConfigState::built_in)
    return works(situation, "built in and enabled", std::move(evidence));
  return unknown(
      Layer::kernel_config,
      "no configuration of this kernel was found that says whether it has pressure stall information",
      std::move(evidence));
}

Verdict judge(const Situation& situation) {
  auto verdict = judge_system_pressure(situation);
  const auto& facts = situation.facts;
  if (verdict.status != Status::ready || !facts.boot_parameters ||
      !facts.boot_parameters->lists("cgroup_disable", "pressure"))
    return verdict;
  add_boot_parameter(verdict.evidence, facts, "cgroup_disable");
  return needs_boot_parameter_without(
      facts,
      "/proc/pressure works, and cgroup_disable=pressure on the kernel command "
      "line hides the pressure of each control group",
      std::move(verdict.evidence), "cgroup_disable", "pressure");
}

}  // namespace

Verdict judge_system_pressure(const Situation& situation) {
  auto evidence = gather(situation);
  const auto& outcome = situation.answers[probes::Id::psi_read];
  if (outcome.worked()) return works(situation, "/proc/pressure can be read", std::move(evidence));
  if (outcome.asked()) return judge_refusal(situation, std::move(evidence));
  return judge_offline(situation, std::move(evidence));
}

const Feature psi = {
    "psi",
    "Pressure stall information",
    since,
    "How much time tasks lose waiting for CPU, memory or I/O: /proc/pressure for the whole machine, and "
    "cpu.pressure, memory.pressure and io.pressure in each control group of version 2. It has to be built "
    "into the kernel (CONFIG_PSI) and may be disabled by default (CONFIG_PSI_DEFAULT_DISABLED) or by psi=0 "
    "on the kernel command line; psi=1 there overrides both.",
    documents,
    asked,
    {},
    judge,
};

}  // namespace kerneltour::features
