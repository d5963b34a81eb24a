#pragma once

#include <string_view>
#include <vector>

#include "chapters/header.hpp"

namespace kerneltour::chapters {

/// One chapter.md's header, as it was when the program was built.
struct HeaderText {
  std::string_view id;
  std::string_view text;
};
extern const std::vector<HeaderText> embedded_headers;

/// All chapters by number. Their headers are compiled in (embed.cmake): what is judged and what was built
/// cannot differ. Throws std::logic_error on a header that does not parse; a test holds that none does.
const std::vector<Chapter>& catalogue();

/// By number ("2", "02") or id ("02-cpu-pressure"); nullptr where there is none.
const Chapter* find(std::string_view name);

}  // namespace kerneltour::chapters
