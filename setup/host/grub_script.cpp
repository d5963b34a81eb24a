#include "host/grub_script.hpp"

#include <algorithm>

namespace kerneltour::host {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::string_view separators = "\n;{}|&<>";  // grub-core/script/yylex.l: what no word holds

bool is_one_of(std::string_view set, char c) { return set.find(c) != set.npos; }

bool is_part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

std::optional<GrubCommand> GrubScript::next() {
  GrubCommand command;
  while (!rest_.empty()) {
    const char c = rest_.front();
    if (is_one_of(separators, c)) {
      command.end = position();
      rest_.remove_prefix(1);
      command.ended_by = c;
      if (!command.words.empty() || c == '{' || c == '}') return command;
    } else if (c == '#') {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    } else if (is_one_of(blanks, c) || rest_.starts_with("\\\n")) {
      rest_.remove_prefix(c == '\\' ? 2 : 1);
    } else {
      if (command.words.empty()) command.begin = position();
      if (std::string word = take_word(); !word.empty()) command.words.push_back(std::move(word));
    }
  }
  if (command.words.empty()) return std::nullopt;
  command.end = text_.size();
  command.ended_by = '\0';
  return command;
}

std::string GrubScript::take_word() {
  std::string word;
  while (!rest_.empty() && !is_one_of(blanks, rest_.front()) && !is_one_of(separators, rest_.front())) {
    const char c = take();
    if (c == '\\') {
      if (rest_.empty()) break;
      const char escaped = take();
      if (escaped != '\n') word += escaped;
    } else if (c == '$') {
      word += take_variable();
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

void GrubScript::take_single_quoted(std::string& word) {
  const std::size_t end = std::min(rest_.find('\''), rest_.size());
  word += rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
}

void GrubScript::take_double_quoted(std::string& word) {
  constexpr std::string_view escapable = "$\"\\";
  while (!rest_.empty()) {
    const char c = take();
    if (c == '"') return;
    if (c == '$') {
      word += take_variable();
    } else if (c == '\\' && !rest_.empty() && is_one_of(escapable, rest_.front())) {
      word += take();
    } else {
      word += c;
    }
  }
}

/// NAME or {NAME}, behind its '$'.
std::string_view GrubScript::take_variable() {
  std::string_view name;
  if (rest_.starts_with('{')) {
    const std::size_t end = std::min(rest_.find('}'), rest_.size() - 1);
    name = rest_.substr(1, end - std::min<std::size_t>(end, 1));
    rest_.remove_prefix(end + 1);
  } else {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_part_of_name);
    name = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(name.size());
  }
  return name == "menuentry_id_option" ? "--id" : "";
}

char GrubScript::take() {
  const char c = rest_.front();
  rest_.remove_prefix(1);
  return c;
}

}  // namespace kerneltour::host
