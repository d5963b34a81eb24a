#pragma once

#include <string>
#include <string_view>

#include "posix/terminal.hpp"

namespace kerneltour::lesson {

/// Markdown as chapters use it, for a terminal: paragraphs and list items wrapped to its width, *emphasis*
/// and `code` painted where there is colour and plain where there is none, code blocks (indented by 4, or
/// fenced) as they are. Ends with a newline where it is not empty.
std::string render_markdown(std::string_view text, const posix::Terminal& terminal);

}  // namespace kerneltour::lesson
