#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::chapters {

/// How far the reader is in one chapter.
struct ChapterProgress {
  std::string next;       ///< id of the step to go on with; empty: the first
  bool finished = false;  ///< was once gone through to its end
};

/// How far the reader is in all chapters, by their ids.
using Progress = std::map<std::string, ChapterProgress, std::less<>>;

/// The file of the user who runs this process: progress.json below $XDG_STATE_HOME/kerneltour, where that is
/// an absolute path (XDG Base Directory Specification), else below ~/.local/state/kerneltour, by $HOME, and
/// by passwd(5) where this process has taken another user's place (`switched`). nullopt where there is no
/// home.
std::optional<std::string> progress_path(bool switched);

/// What is in the file; empty where there is none, or it is none of ours: a lesson goes on without.
Progress read_progress(const std::string& path);

/// Sets one chapter's progress and keeps the others', under a lock: several chapters may run at once. The
/// file is replaced whole. Throws posix::SystemError.
void record_progress(const std::string& path, std::string_view chapter, const ChapterProgress& progress);

}  // namespace kerneltour::chapters
