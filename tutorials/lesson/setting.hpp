#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kerneltour::lesson {

/// A number of a chapter's own that the reader may choose: --set concurrency=300.
struct Setting {
  std::string_view name;
  std::string_view about;  ///< a sentence for --help
  unsigned least;
  unsigned most;
};

/// Takes "NAME=NUMBER". Throws std::invalid_argument, in words for the reader, where the chapter has no such
/// setting or the number is none of its numbers.
void take_setting(std::string_view given, std::span<const Setting> settings);

/// What the reader chose; nullopt where nothing.
std::optional<unsigned> chosen(std::string_view name);

std::string settings_help(std::span<const Setting> settings);

}  // namespace kerneltour::lesson
