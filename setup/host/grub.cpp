#include "host/grub.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace kerneltour::host {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::string_view separators = "\n;{}|&<>";  // grub-core/script/yylex.l: what no word holds

/// Splits GRUB's shell script into commands and their words (GRUB manual, "Shell-like scripting").
/// A variable gives nothing: those of a generated grub.cfg hold no parameter that is looked for
/// ($vt_handoff).
class Script {
 public:
  explicit Script(std::string_view text) : rest_(text) {}

  /// The words of the next command; empty at the end of the script.
  std::vector<std::string> next_command() {
    std::vector<std::string> words;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (separators.find(c) != separators.npos) {
        rest_.remove_prefix(1);
        if (!words.empty()) break;
      } else if (c == '#') {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (blanks.find(c) != blanks.npos || rest_.starts_with("\\\n")) {
        rest_.remove_prefix(c == '\\' ? 2 : 1);
      } else {
        if (std::string word = take_word(); !word.empty()) words.push_back(std::move(word));
      }
    }
    return words;
  }

 private:
  std::string take_word() {
    std::string word;
    while (!rest_.empty() && blanks.find(rest_.front()) == blanks.npos &&
           separators.find(rest_.front()) == separators.npos) {
      const char c = take();
      if (c == '\\') {
        if (rest_.empty()) break;
        const char escaped = take();
        if (escaped != '\n') word += escaped;
      } else if (c == '$') {
        skip_variable();
      } else if (c == '\'') {
        take_single_quoted(word);
      } else if (c == '"') {
        take_double_quoted(word);
      } else {
        word += c;
      }
    }
    return word;
  }

  void take_single_quoted(std::string& word) {
    const std::size_t end = std::min(rest_.find('\''), rest_.size());
    word += rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
  }

  void take_double_quoted(std::string& word) {
    constexpr std::string_view escapable = "$\"\\";
    while (!rest_.empty()) {
      const char c = take();
      if (c == '"') return;
      if (c == '$') {
        skip_variable();
      } else if (c == '\\' && !rest_.empty() && escapable.find(rest_.front()) != escapable.npos) {
        word += take();
      } else {
        word += c;
      }
    }
  }

  /// NAME or {NAME}, behind its '$'.
  void skip_variable() {
    if (rest_.starts_with('{')) {
      rest_.remove_prefix(std::min(rest_.find('}'), rest_.size() - 1) + 1);
      return;
    }
    const auto is_part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_part);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
  }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
};

/// A word as GRUB hands it to the kernel (grub-core/lib/cmdline.c: grub_create_loader_cmdline).
std::string loader_word(const std::string& word) {
  constexpr std::string_view escaped = "\\'\"";
  std::string result;
  for (const char c : word) {
    if (escaped.find(c) != escaped.npos) result += '\\';
    result += c;
  }
  return word.find(' ') == word.npos ? result : '"' + result + '"';
}

/// "6.1.0-56-amd64" of "(hd0,1)/boot/vmlinuz-6.1.0-56-amd64".
std::string release_of(std::string_view image) {
  constexpr auto prefixes = std::to_array<std::string_view>({"vmlinuz-", "vmlinux-", "kernel-"});
  constexpr std::string_view signature = ".efi.signed";  // Ubuntu's signed images, until 18.04
  std::string_view name = image.substr(image.rfind('/') + 1);
  if (name.ends_with(signature)) name.remove_suffix(signature.size());
  for (const std::string_view prefix : prefixes) {
    if (name.starts_with(prefix)) return std::string(name.substr(prefix.size()));
  }
  return {};
}

bool loads_linux(const std::vector<std::string>& command) {
  const std::string& name = command.front();
  return command.size() > 1 && (name == "linux" || name == "linux16" || name == "linuxefi");
}

}  // namespace

std::optional<GrubEntry> parse_grub_cfg(std::string_view text) {
  Script script(text);
  bool in_entries = false;
  for (auto command = script.next_command(); !command.empty(); command = script.next_command()) {
    if (command.front() == "menuentry") in_entries = true;
    if (!in_entries || !loads_linux(command)) continue;
    GrubEntry entry;
    entry.image = command[1];
    entry.release = release_of(entry.image);
    for (std::size_t i = 2; i < command.size(); ++i) {
      if (i > 2) entry.command_line += ' ';
      entry.command_line += loader_word(command[i]);
    }
    return entry;
  }
  return std::nullopt;
}

}  // namespace kerneltour::host
