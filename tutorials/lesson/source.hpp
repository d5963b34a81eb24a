#pragma once

#include <string>
#include <string_view>

namespace kerneltour::lesson {

/// Lines of a source file that belong together.
struct SourceLines {
  unsigned first = 0;  ///< number of the first line; 0 where nothing was found
  std::string text;
};

/// "second-bind" gives "second_bind".
std::string function_of(std::string_view step_id);

/// The definition of `void NAME(Step& step)` with the comment directly above it: from there to the line "}".
SourceLines find_function(std::string_view source, std::string_view name);

}  // namespace kerneltour::lesson
