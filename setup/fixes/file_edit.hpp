#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "posix/atomic_file.hpp"

namespace kerneltour::fixes {

/// A regular file at a moment: its text and what else has to be as before when a change is taken back.
struct FileState {
  bool exists = false;
  std::string text;
  posix::FileAttributes attributes;

  bool operator==(const FileState&) const = default;
};

/// The file now. Throws std::runtime_error where there is something else than a regular file, or it cannot be
/// read.
FileState look_at(const std::string& path);

/// What a change does to one file: from `before` to `after`.
///
/// Where lines are given, the change is those lines and nothing else, in a file that others write too: it can
/// be taken back as long as they are there, whatever else was changed since.
struct FileEdit {
  std::string path;
  FileState before;
  FileState after;
  std::vector<std::string> removed;
  std::vector<std::string> added;
  bool makes_directory = false;  ///< that the file is in, and which goes with it

  bool by_lines() const { return !removed.empty() || !added.empty(); }
};

/// The edit that takes lines out of the file (each once) and puts others at its end. A symbolic link is
/// followed: what it leads to is edited. Throws as look_at() does.
FileEdit edit_lines(const std::string& path, const std::vector<std::string>& removed,
                    const std::vector<std::string>& added);

/// The edit that makes the file be this text and nothing else, for everybody to read, in a directory that is
/// made where it is missing. Throws as look_at() does.
FileEdit write_file(const std::string& path, const std::string& text);

/// `text` without the lines `removed` (each once, where it is there), and with those `added` at its end, each
/// with its newline.
std::string with_lines(std::string_view text, const std::vector<std::string>& removed,
                       const std::vector<std::string>& added);

/// How a file stands to an edit of it.
enum class EditState {
  not_made,  ///< as before
  made,      ///< as the edit made it, or with its lines as the edit left them
  foreign,   ///< neither: somebody else has changed it
};
EditState state_of(const FileEdit& edit, const FileState& now);

/// What the file has to be for the edit to be taken back from `now`, which is `made`.
FileState taken_back(const FileEdit& edit, const FileState& now);

/// What the file has to be for the edit to be made again on `now`, which is `not_made`.
FileState made_from(const FileEdit& edit, const FileState& now);

}  // namespace kerneltour::fixes
