#include "host/boot_parameters.hpp"

#include <algorithm>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

/// '-' and '_' are the same to the kernel (kernel/params.c: parameq).
bool same_name(std::string_view one, std::string_view other) {
  const auto folded = [](char byte) { return byte == '-' ? '_' : byte; };
  return std::ranges::equal(one, other, {}, folded, folded);
}

std::string print(const host::BootParameters& parameters) {
  std::string line;
  for (const auto& [name, value] : parameters.all()) line += '"' + name + (value ? '=' + *value : "") + "\" ";
  return line;
}

std::string last_value(const host::BootParameters& parameters, std::string_view name) {
  std::string last;
  for (const auto& parameter : parameters.all())
    if (same_name(parameter.name, name)) last = parameter.value.value_or("");
  return last;
}

void first_item_is_listed(const host::BootParameters& parameters, const host::BootParameter& parameter) {
  const std::string value = parameter.value.value_or("");
  const std::string item = value.substr(0, value.find(','));
  if (!item.empty()) must(parameters.lists(parameter.name, item), "the first item of a value is listed");
}

}  // namespace

void target(std::string_view text) {
  const auto parameters = host::BootParameters::parse(text);
  bool quotes = false;
  for (const auto& parameter : parameters.all()) {
    must(parameters.last(parameter.name) == last_value(parameters, parameter.name),
         "the last of a name counts");
    first_item_is_listed(parameters, parameter);
    quotes |= (parameter.name + parameter.value.value_or("")).find('"') != std::string::npos;
  }
  // The kernel has no way to write a quote inside quotes.
  if (!quotes)
    must(print(host::BootParameters::parse(print(parameters))) == print(parameters),
         "parameters printed read as themselves");
}

}  // namespace kerneltour::fuzz
