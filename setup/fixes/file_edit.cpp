#include "fixes/file_edit.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <unordered_map>

#include "posix/error.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

constexpr mode_t permissions = 07777;

[[noreturn]] void cannot_read(const std::string& path, const std::string& reason) {
  throw std::runtime_error(fmt::format("cannot read {}: {}", path, reason));
}

/// Where symbolic links lead; the path itself where there is no file yet.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(realpath(path.c_str(), nullptr), free);
  if (real) return real.get();
  if (errno != ENOENT) cannot_read(path, posix::error_text(errno));
  return path;
}

/// Lines, with how often each is there: a file may have 100,000 of them.
using Lines = std::unordered_map<std::string_view, std::size_t>;

/// Takes `line` out of `lines` once where it is there.
bool take_out(Lines& lines, std::string_view line) {
  const auto found = lines.find(line);
  if (found == lines.end() || found->second == 0) return false;
  --found->second;
  return true;
}

/// How many of the wanted lines the file has, a line counted once for each time that it is wanted.
std::size_t count_there(std::string_view text, const std::vector<std::string>& wanted) {
  Lines lines;
  for (const auto& line : wanted) ++lines[line];
  std::size_t count = 0;
  while (!text.empty()) count += take_out(lines, posix::take_line(text)) ? 1 : 0;
  return count;
}

}  // namespace

FileState look_at(const std::string& path) {
  const posix::Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file && errno == ENOENT) return {};
  if (!file) cannot_read(path, posix::error_text(errno));
  struct stat status;
  if (fstat(file.get(), &status) != 0) cannot_read(path, posix::error_text(errno));
  auto text = posix::read_open_file(file.get());
  if (!text.ok()) cannot_read(path, text.failure);
  return {true, std::move(text.text), {status.st_mode & permissions, status.st_uid, status.st_gid}};
}

std::string with_lines(std::string_view text, const std::vector<std::string>& removed,
                       const std::vector<std::string>& added) {
  Lines to_remove;
  for (const auto& line : removed) ++to_remove[line];
  std::string result;
  result.reserve(text.size() + 64 * added.size());
  while (!text.empty()) {
    const bool ended = text.find('\n') != std::string_view::npos;
    const auto line = posix::take_line(text);
    if (take_out(to_remove, line)) continue;
    result += line;
    if (ended) result += '\n';
  }
  for (const auto& line : added) {
    if (!result.empty() && result.back() != '\n') result += '\n';
    result += line + '\n';
  }
  return result;
}

FileEdit edit_lines(const std::string& path, const std::vector<std::string>& removed,
                    const std::vector<std::string>& added) {
  FileEdit edit{resolved(path), {}, {}, removed, added};
  edit.before = look_at(edit.path);
  edit.after = edit.before;
  edit.after.exists = true;
  edit.after.text = with_lines(edit.before.text, removed, added);
  if (!edit.before.exists) edit.after.attributes = {.mode = 0644, .owner = 0, .group = 0};
  return edit;
}

FileEdit write_file(const std::string& path, const std::string& text) {
  FileEdit edit{resolved(path), {}, {}, {}, {}};
  edit.makes_directory = access(edit.path.substr(0, edit.path.rfind('/')).c_str(), F_OK) != 0;
  edit.before = look_at(edit.path);
  edit.after = {true, text, {.mode = 0644, .owner = 0, .group = 0}};
  return edit;
}

EditState state_of(const FileEdit& edit, const FileState& now) {
  if (now == edit.after) return EditState::made;
  if (now == edit.before) return EditState::not_made;
  if (!edit.by_lines() || !now.exists) return EditState::foreign;
  const bool all_added = count_there(now.text, edit.added) == edit.added.size();
  const bool none_added = count_there(now.text, edit.added) == 0;
  const bool none_left = count_there(now.text, edit.removed) == 0;
  const bool all_left = count_there(now.text, edit.removed) == edit.removed.size();
  if (all_added && none_left) return EditState::made;
  if (none_added && all_left) return EditState::not_made;
  return EditState::foreign;
}

FileState taken_back(const FileEdit& edit, const FileState& now) {
  if (now == edit.after || !edit.by_lines()) return edit.before;
  auto state = now;
  state.text = with_lines(now.text, edit.added, edit.removed);
  return state;
}

FileState made_from(const FileEdit& edit, const FileState& now) {
  if (now == edit.before || !edit.by_lines()) return edit.after;
  auto state = now;
  state.text = with_lines(now.text, edit.removed, edit.added);
  return state;
}

}  // namespace kerneltour::fixes
