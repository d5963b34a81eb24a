#include "lesson/setting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "posix/terminal.hpp"
#include "posix/text.hpp"

namespace kerneltour::lesson {
namespace {

/// Of the one --set that a command line may have; the steps' processes inherit it.
std::optional<std::pair<std::string, unsigned>> taken;

}  // namespace

void take_setting(std::string_view given, std::span<const Setting> settings) {
  auto rest = given;
  const auto name = posix::take_field(rest, '=');
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const auto& setting) { return setting.name == name; });
  if (found == settings.end())
    throw std::invalid_argument(fmt::format(
        "--set: this chapter has no '{}' to choose; --help says what there is", posix::printable(name)));
  const auto number = posix::parse_number<unsigned>(rest);
  if (!number || *number < found->least || *number > found->most)
    throw std::invalid_argument(fmt::format("--set: {} is a number from {} to {}, and not '{}'", found->name,
                                            found->least, found->most, posix::printable(rest)));
  taken.emplace(found->name, *number);
}

std::optional<unsigned> chosen(std::string_view name) {
  return taken && taken->first == name ? std::optional(taken->second) : std::nullopt;
}

std::string settings_help(std::span<const Setting> settings) {
  std::string text;
  for (const auto& setting : settings) {
    text += fmt::format("  --set {}={}..{}\n", setting.name, setting.least, setting.most);
    for (const auto& line : posix::wrap(setting.about, 72)) text += fmt::format("      {}\n", line);
  }
  return text;
}

}  // namespace kerneltour::lesson
