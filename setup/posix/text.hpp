#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace kerneltour::posix {

/// The pieces that the texts of a host are made of. Views into the text given: nothing is copied.

/// The first line of `rest` without its newline, which is taken away from `rest`.
std::string_view take_line(std::string_view& rest);

/// `text` without white space at its ends.
std::string_view trim(std::string_view text);

/// The words of `text`: white space, newlines included, is between them.
std::vector<std::string_view> words(std::string_view text);

/// The text of `rest` before the first separator, taken away from it together with the separator; all of it
/// where there is no separator.
std::string_view take_field(std::string_view& rest, char separator);

/// The fields of `text` between separators; an empty text is one empty field.
std::vector<std::string_view> fields(std::string_view text, char separator);

/// `text` up to `limit` bytes, cut between two characters of UTF-8 so that the cut itself makes nothing
/// unprintable.
std::string_view beginning(std::string_view text, std::size_t limit);

/// The number that the whole text is: decimal digits and nothing else, and not more than `Number` holds.
template <std::unsigned_integral Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

}  // namespace kerneltour::posix
