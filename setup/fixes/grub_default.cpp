#include "fixes/grub_default.hpp"

#include <fmt/format.h>

#include "posix/shell.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

constexpr std::string_view parameters_begin = "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT";

std::string default_line(const std::string& path) {
  return fmt::format("GRUB_DEFAULT={}", posix::shell_quoted(path));
}

}  // namespace

std::string default_drop_in(std::string_view why, const std::string& path,
                            const std::vector<std::string>& parameters) {
  std::string text = fmt::format("# kerneltour: {}\n{}\n", why, default_line(path));
  if (parameters.empty()) return text;
  text += parameters_begin;
  for (const auto& parameter : parameters) text += " " + parameter;
  return text + "\"\n";
}

std::vector<std::string> parameters_in(std::string_view drop_in) {
  std::vector<std::string> parameters;
  while (!drop_in.empty()) {
    auto line = posix::take_line(drop_in);
    if (!line.starts_with(parameters_begin) || !line.ends_with('"')) continue;
    line.remove_prefix(parameters_begin.size());
    line.remove_suffix(1);
    for (const auto word : posix::words(line)) parameters.emplace_back(word);
  }
  return parameters;
}

bool sets_default(std::string_view drop_in, const std::string& path) {
  const auto wanted = default_line(path);
  while (!drop_in.empty())
    if (posix::take_line(drop_in) == wanted) return true;
  return false;
}

}  // namespace kerneltour::fixes
