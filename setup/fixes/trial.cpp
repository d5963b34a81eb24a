#include "fixes/trial.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace kerneltour::fixes {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema = 1;

}  // namespace

std::string to_text(const Trial& trial) {
  const Json json = {{"schema", schema},           {"release", trial.release},
                     {"previous", trial.previous}, {"parameters", trial.parameters},
                     {"boot_id", trial.boot_id},   {"was_installed", trial.was_installed}};
  return json.dump(2) + "\n";
}

Trial parse_trial(std::string_view text) {
  try {
    const auto json = Json::parse(text);
    if (json.at("schema") != schema) throw std::runtime_error("another version of kerneltour wrote it");
    return {json.at("release").get<std::string>(), json.at("previous").get<std::string>(),
            json.at("parameters").get<std::vector<std::string>>(), json.at("boot_id").get<std::string>(),
            json.at("was_installed").get<bool>()};
  } catch (const std::exception& error) {
    throw std::runtime_error(fmt::format("{} does not say what is on trial: {}", trial_state, error.what()));
  }
}

}  // namespace kerneltour::fixes
