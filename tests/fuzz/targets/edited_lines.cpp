#include <algorithm>

#include "fixes/file_edit.hpp"
#include "fuzz/target.hpp"
#include "posix/text.hpp"

namespace kerneltour::fuzz {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) lines.emplace_back(posix::take_line(text));
  return lines;
}

/// `lines` without the first of each of `removed`, slowly and plainly.
Lines without(Lines lines, const Lines& removed) {
  for (const auto& line : removed) {
    const auto found = std::ranges::find(lines, line);
    if (found != lines.end()) lines.erase(found);
  }
  return lines;
}

bool ends_its_line(std::string_view text) { return text.empty() || text.back() == '\n'; }

/// What an edit must do that is made and taken back, with what others write in between.
void goes_there_and_back(const std::string& before, const Lines& removed, const Lines& added) {
  fixes::FileEdit edit{
      "/file", {true, before, {}}, {true, fixes::with_lines(before, removed, added), {}}, removed, added};
  must(state_of(edit, edit.after) == fixes::EditState::made, "what the edit made is made");
  must(edit.before == edit.after || state_of(edit, edit.before) == fixes::EditState::not_made,
       "what was before is not made");
  must(taken_back(edit, edit.after) == edit.before, "an edit is taken back to the byte");
  must(made_from(edit, edit.before) == edit.after, "an edit is made again to the byte");
}

}  // namespace

/// The text of a file, lines to take out of it, and lines to put in, with a byte 0 between these.
void target(std::string_view text) {
  const std::string before(posix::take_field(text, '\0'));
  const auto removed = lines_of(posix::take_field(text, '\0'));
  const auto added = lines_of(text);

  const auto after = fixes::with_lines(before, removed, added);
  auto expected = without(lines_of(before), removed);
  expected.insert(expected.end(), added.begin(), added.end());
  must(lines_of(after) == expected, "all other lines stay, in their order");

  const auto only_added = fixes::with_lines(before, {}, added);
  must(only_added.starts_with(before), "what is added comes behind all that was there");
  must(fixes::with_lines(before, {}, {}) == before, "nothing to do does nothing");
  must(added.empty() || ends_its_line(after), "what is added ends its line");
  const bool is_new = std::ranges::none_of(
      added, [&](const auto& line) { return std::ranges::count(lines_of(before), line) > 0; });
  const auto back = fixes::with_lines(only_added, added, {});
  if (is_new)
    must(back == before + (added.empty() || ends_its_line(before) ? "" : "\n"),
         "what was added, taken out, gives the text up to its last newline");
  goes_there_and_back(before, removed, added);
}

}  // namespace kerneltour::fuzz
