#include "host/kernel_config.hpp"

#include <string>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

using host::ConfigState;
using host::KernelConfig;

/// The first words of a text's lines that look like options.
std::vector<std::string> options_in(std::string_view text) {
  std::vector<std::string> options;
  for (auto at = text.find("CONFIG_"); at != text.npos; at = text.find("CONFIG_", at + 1))
    options.emplace_back(text.substr(at, text.find_first_of("= \n", at) - at));
  return options;
}

void state_and_value_agree(const KernelConfig& config, const std::string& option) {
  const auto state = config.state(option);
  const auto value = config.value(option);
  const bool absent = state == ConfigState::off || state == ConfigState::unmentioned;
  must(absent == !value.has_value(), "an option has a value just where it is neither off nor unmentioned");
  must(state != ConfigState::built_in || value == "y", "what is built in has the value y");
  must(state != ConfigState::module || value == "m", "a module has the value m");
}

ConfigState state_with(std::string_view text, std::string_view line, const std::string& option) {
  const auto config = KernelConfig::parse(std::string(text) + '\n' + std::string(line) + '\n');
  must(config.has_value(), "a text with a line of a configuration is one");
  return config->state(option);
}

void last_line_counts(std::string_view text, const std::string& option) {
  must(state_with(text, option + "=y", option) == ConfigState::built_in, "a last line =y counts");
  must(state_with(text, option + "=m", option) == ConfigState::module, "a last line =m counts");
  must(state_with(text, "# " + option + " is not set", option) == ConfigState::off,
       "a last 'not set' counts");
}

}  // namespace

void target(std::string_view text) {
  last_line_counts(text, "CONFIG_PSI");
  const auto config = KernelConfig::parse(std::string(text));
  if (!config) return;
  for (const auto& option : options_in(text)) state_and_value_agree(*config, option);

  const auto state = config->state("CONFIG_PSI");
  must(state_with(text, "# CONFIG_PSI=y", "CONFIG_PSI") == state, "a comment changes nothing");
  must(state_with(text, "CONFIG_PSI_DEFAULT_DISABLED=y", "CONFIG_PSI") == state, "a longer name is another");
  must(state_with(text, "CONFIG_CMDLINE=\"CONFIG_PSI=y\"", "CONFIG_PSI") == state, "a value is no line");
}

}  // namespace kerneltour::fuzz
