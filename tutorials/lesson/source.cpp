#include "lesson/source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "posix/text.hpp"

namespace kerneltour::lesson {

std::string function_of(std::string_view step_id) {
  std::string name(step_id);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

SourceLines find_function(std::string_view source, std::string_view name) {
  const auto beginning = fmt::format("void {}(Step&", name);
  SourceLines found;
  SourceLines comment;
  bool inside = false;
  for (unsigned number = 1; !source.empty(); ++number) {
    const auto line = posix::take_line(source);
    if (!inside && line.starts_with("//")) {
      if (comment.text.empty()) comment.first = number;
      comment.text += fmt::format("{}\n", line);
      continue;
    }
    if (!inside && line.starts_with(beginning)) {
      inside = true;
      found = comment;
      if (found.text.empty()) found.first = number;
    }
    comment = {};
    if (!inside) continue;
    found.text += fmt::format("{}\n", line);
    const bool of_one_line = line.starts_with(beginning) && line.ends_with("}");
    if (line == "}" || of_one_line) return found;
  }
  return {};
}

}  // namespace kerneltour::lesson
