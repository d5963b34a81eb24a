#include "fixes/trial_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fixes/trial.hpp"
#include "host/grub_script.hpp"
#include "posix/shell.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

using Lines = std::vector<std::string>;

/// The commands of an entry that count here, each without the white space around it.
struct Loading {
  Lines access;        ///< what is done before: modules, video, where the files are
  std::string linux;   ///< "linux /boot/vmlinuz-6.1.0-56-amd64 root=..."
  std::string initrd;  ///< empty where the kernel needs none
};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view first_word(std::string_view line) {
  const auto words = posix::words(line);
  return words.empty() ? std::string_view() : words.front();
}

bool loads_linux(std::string_view line) {
  return is_one_of(first_word(line), {"linux", "linux16", "linuxefi"});
}
bool loads_initrd(std::string_view line) {
  return is_one_of(first_word(line), {"initrd", "initrd16", "initrdefi"});
}

/// By how many more `if` than `fi` a line has.
int depth_of(std::string_view line) {
  int depth = 0;
  host::GrubScript script(line);
  while (const auto command = script.next()) {
    if (command->words.empty()) continue;
    if (command->words.front() == "if") ++depth;
    if (command->words.front() == "fi") --depth;
  }
  return depth;
}

/// The lines before the first kernel that stand in no `if` which it stands in too. What GRUB tells, and what
/// it remembers of an ordinary start, is left out.
Lines access_lines(const Lines& lines) {
  Lines access;
  std::size_t complete = 0;
  int depth = 0;
  for (const auto& line : lines) {
    if (loads_linux(line)) break;
    depth += depth_of(line);
    if (!is_one_of(first_word(line), {"echo", "savedefault", "recordfail"})) access.push_back(line);
    if (depth == 0) complete = access.size();
  }
  access.resize(complete);
  return access;
}

/// An entry of Ubuntu's cloud images loads its kernel with an initial RAM disk or without: the one that has
/// it is taken.
std::optional<Loading> loading_of(std::string_view body) {
  Lines lines;
  while (!body.empty()) {
    if (const auto line = posix::trim(posix::take_line(body)); !line.empty()) lines.emplace_back(line);
  }
  Loading loading{access_lines(lines), {}, {}};
  for (const auto& line : lines) {
    if (loads_initrd(line) && !loading.linux.empty()) {
      loading.initrd = line;
      break;
    }
    if (loads_linux(line)) loading.linux = line;
  }
  if (loading.linux.empty()) return std::nullopt;
  return loading;
}

/// The line with another release in the names of its files: the first `files` words behind the command.
/// nullopt where no name has the release.
std::optional<std::string> with_release(const std::string& line, const std::string& from,
                                        const std::string& to, std::size_t files) {
  const auto words = posix::words(line);
  std::string result;
  std::size_t copied = 0;
  bool found = false;
  for (std::size_t i = 1; i < words.size() && i <= files; ++i) {
    const auto name = words[i].rfind('/') + 1;  // 0 where there is no slash
    const auto at = words[i].find(from, name);
    if (at == std::string_view::npos) continue;
    const auto begin = static_cast<std::size_t>(words[i].data() - line.data()) + at;
    result += line.substr(copied, begin - copied) + to;
    copied = begin + from.size();
    found = true;
  }
  if (!found) return std::nullopt;
  return result + line.substr(copied);
}

/// Parameters go to the end, where the last of a name counts, and yet before what is init's ("--").
std::string with_parameters(const std::string& line, const Lines& parameters) {
  std::string added;
  for (const auto& parameter : parameters) added += " " + parameter;
  const auto end = std::min(line.find(" -- "), line.size());
  return line.substr(0, end) + added + line.substr(end);
}

void append(std::string& text, unsigned depth, std::string_view line) {
  text += std::string(depth, '\t') + std::string(line) + "\n";
}

std::string header(const host::GrubMenuEntry& running, const std::string& release) {
  std::string text = fmt::format("menuentry 'Linux {}, on trial'", release);
  for (const auto& option : running.options) text += " " + posix::shell_quoted(option);
  return text + fmt::format(" $menuentry_id_option '{}' {{", trial_entry_id);
}

}  // namespace

std::optional<std::string> trial_entry(const host::GrubMenuEntry& running, const std::string& release,
                                       const std::vector<std::string>& parameters) {
  const auto loading = loading_of(running.body);
  if (!loading) return std::nullopt;
  const auto linux = with_release(loading->linux, running.release, release, 1);
  const auto initrd = with_release(loading->initrd, running.release, release, std::string::npos);
  if (!linux || (!initrd && !loading->initrd.empty())) return std::nullopt;

  std::string text;
  append(text, 0, header(running, release));
  for (const auto& line : loading->access) append(text, 1, line);
  append(text, 1, fmt::format("echo 'Loading Linux {}, on trial ...'", release));
  append(text, 1, "set kerneltour_loaded=no");
  append(text, 1, fmt::format("if {}; then", with_parameters(*linux, parameters)));
  if (initrd) append(text, 2, fmt::format("if {}; then", *initrd));
  append(text, initrd ? 3 : 2, "set kerneltour_loaded=yes");
  if (initrd) append(text, 2, "fi");
  append(text, 1, "fi");
  append(text, 1, "if [ $kerneltour_loaded = no ]; then");
  append(text, 2, fmt::format("echo 'It cannot be loaded. Loading Linux {} ...'", running.release));
  append(text, 2, with_parameters(loading->linux, {trial_not_loaded}));
  if (initrd) append(text, 2, loading->initrd);
  append(text, 1, "fi");
  append(text, 0, "}");
  return text;
}

std::string menu_script(const std::string& entry) {
  return fmt::format(
      "#!/bin/sh\n"
      "# The menu entry of a kernel that kerneltour has GRUB start once (kerneltour undo takes it away).\n"
      "cat <<'END_OF_ENTRY'\n"
      "{}END_OF_ENTRY\n",
      entry);
}

}  // namespace kerneltour::fixes
