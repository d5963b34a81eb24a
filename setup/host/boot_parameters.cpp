#include "host/boot_parameters.hpp"

#include <algorithm>
#include <utility>

namespace kerneltour::host {
namespace {

/// isspace() of the kernel: its table is Latin-1's, with the no-break space (lib/ctype.c).
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\xa0'; }

/// lib/cmdline.c: skip_spaces.
void skip_spaces(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

/// The parameter that `line` begins with, taken away from it: next_arg() of lib/cmdline.c, whose ways with
/// stray quotes are kept.
BootParameter take_parameter(std::string_view& line) {
  const bool quoted = line.front() == '"';
  if (quoted) line.remove_prefix(1);
  bool in_quotes = quoted;
  std::size_t equals = 0;  // a parameter cannot begin with '=': there it is part of the name
  std::size_t length = 0;
  for (; length < line.size() && (in_quotes || !is_space(line[length])); ++length) {
    if (line[length] == '=' && equals == 0) equals = length;
    if (line[length] == '"') in_quotes = !in_quotes;
  }
  std::string_view parameter = line.substr(0, length);
  line.remove_prefix(length);

  const bool value_quoted = equals != 0 && parameter.substr(equals + 1).starts_with('"');
  if ((quoted || value_quoted) && parameter.ends_with('"')) parameter.remove_suffix(1);
  if (equals == 0) return {std::string(parameter), std::nullopt};
  std::string_view value = parameter.substr(equals + 1);
  if (value_quoted && !value.empty()) value.remove_prefix(1);
  return {std::string(parameter.substr(0, equals)), std::string(value)};
}

char dash_as_underscore(char c) { return c == '-' ? '_' : c; }

/// kernel/params.c: parameq.
bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return dash_as_underscore(x) == dash_as_underscore(y); });
}

bool has_item(std::string_view list, std::string_view item) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == item) return true;
    if (comma == list.npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

BootParameters BootParameters::parse(std::string_view command_line) {
  BootParameters result;
  std::string_view rest = command_line.substr(0, command_line.find('\0'));  // to the kernel it is a C string
  for (skip_spaces(rest); !rest.empty(); skip_spaces(rest)) {
    BootParameter parameter = take_parameter(rest);
    if (parameter.name == "--" && !parameter.value) break;
    result.parameters_.push_back(std::move(parameter));
  }
  return result;
}

std::optional<std::string> BootParameters::last(std::string_view name) const {
  const auto found = std::find_if(parameters_.rbegin(), parameters_.rend(),
                                  [&](const BootParameter& one) { return same_name(one.name, name); });
  if (found == parameters_.rend()) return std::nullopt;
  return found->value.value_or("");
}

bool BootParameters::lists(std::string_view name, std::string_view item) const {
  return std::any_of(parameters_.begin(), parameters_.end(), [&](const BootParameter& one) {
    return one.value && same_name(one.name, name) && has_item(*one.value, item);
  });
}

}  // namespace kerneltour::host
