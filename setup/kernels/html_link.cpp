#include "kernels/html_link.hpp"

#include <algorithm>
#include <charconv>

#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

constexpr std::string_view blanks = " \t\r\n\f";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                    [](char wanted, char c) { return lower(c) == wanted; });
}

/// Where the next "<a " begins; npos where there is none.
std::size_t find_anchor(std::string_view html) {
  for (std::size_t at = html.find('<'); at != html.npos; at = html.find('<', at + 1)) {
    const auto tag = html.substr(at + 1);
    if (begins_with(tag, "a") && tag.size() > 1 && blanks.find(tag[1]) != blanks.npos) return at;
  }
  return html.npos;
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
}

/// What stands behind the '=' of an attribute, taken away from `tag`.
std::string_view take_value(std::string_view& tag) {
  skip_blanks(tag);
  const bool quoted = !tag.empty() && (tag.front() == '"' || tag.front() == '\'');
  if (quoted) {
    const char quote = tag.front();
    tag.remove_prefix(1);
    return posix::take_field(tag, quote);
  }
  const auto value = tag.substr(0, tag.find_first_of(blanks));
  tag.remove_prefix(value.size());
  return value;
}

/// The href among the attributes of a tag; empty where there is none.
std::string_view href_of(std::string_view tag) {
  for (;;) {
    skip_blanks(tag);
    if (tag.empty()) return {};
    const auto end = std::min(tag.find_first_of(" \t\r\n\f="), tag.size());
    const auto name = tag.substr(0, end);
    tag.remove_prefix(end);
    skip_blanks(tag);
    if (!tag.starts_with('=')) continue;
    tag.remove_prefix(1);
    const auto value = take_value(tag);
    if (name.size() == 4 && begins_with(name, "href")) return value;
  }
}

std::optional<char> ascii_of(std::string_view digits, int base) {
  unsigned code = 0;
  const auto end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, code, base);
  const bool known = error == std::errc() && stopped == end && code < 0x80;
  return known ? std::optional(static_cast<char>(code)) : std::nullopt;
}

/// The character that the reference between '&' and ';' stands for.
std::optional<char> character_of(std::string_view name) {
  if (name == "amp") return '&';
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "quot") return '"';
  if (begins_with(name, "#x")) return ascii_of(name.substr(2), 16);
  if (name.starts_with('#')) return ascii_of(name.substr(1), 10);
  return std::nullopt;
}

}  // namespace

std::string without_references(std::string_view text) {
  constexpr std::size_t longest = 8;  // of what stands between '&' and ';'
  std::string plain;
  while (!text.empty()) {
    const auto end = text.front() == '&' ? text.substr(0, longest + 2).find(';') : text.npos;
    const auto character = end == text.npos ? std::nullopt : character_of(text.substr(1, end - 1));
    plain += character.value_or(text.front());
    text.remove_prefix(character ? end + 1 : 1);
  }
  return plain;
}

std::string without_percents(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const bool encoded = text.front() == '%' && text.size() > 2;
    unsigned byte = 0;
    const auto stopped =
        encoded ? std::from_chars(text.data() + 1, text.data() + 3, byte, 16).ptr : text.data();
    const bool whole = encoded && stopped == text.data() + 3;
    plain += whole ? static_cast<char>(byte) : text.front();
    text.remove_prefix(whole ? 3 : 1);
  }
  return plain;
}

std::optional<HtmlLink> take_link(std::string_view& html) {
  const auto at = find_anchor(html);
  if (at == html.npos) return std::nullopt;
  html.remove_prefix(at + 2);
  if (html.find('>') == html.npos) return std::nullopt;  // the page was cut off within the tag
  const auto href = href_of(posix::take_field(html, '>'));
  const auto behind = html.substr(0, find_anchor(html));
  html.remove_prefix(behind.size());
  return HtmlLink{without_percents(without_references(href)), behind};
}

}  // namespace kerneltour::kernels
