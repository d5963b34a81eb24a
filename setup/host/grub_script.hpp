#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

/// A command of GRUB's shell script, and where it stands there.
struct GrubCommand {
  std::vector<std::string> words;  ///< none where a brace stands alone
  std::size_t begin = 0;           ///< of its first word
  std::size_t end = 0;             ///< of what ended it, in front of that
  char ended_by = '\0';            ///< '\n', ';', '{', '}' and the like; '\0' at the end of the script
};

/// Splits GRUB's shell script into commands and their words (GRUB manual, "Shell-like scripting").
/// A variable gives nothing: those of a generated grub.cfg hold no parameter that is looked for
/// ($vt_handoff). But $menuentry_id_option is the option that it is in every GRUB that knows IDs.
class GrubScript {
 public:
  explicit GrubScript(std::string_view text) : text_(text), rest_(text) {}

  /// The next command that has words, or that a brace ends; nullopt at the end of the script.
  std::optional<GrubCommand> next();

 private:
  std::size_t position() const { return text_.size() - rest_.size(); }
  char take();
  std::string take_word();
  void take_single_quoted(std::string& word);
  void take_double_quoted(std::string& word);
  std::string_view take_variable();

  std::string_view text_;
  std::string_view rest_;
};

}  // namespace kerneltour::host
