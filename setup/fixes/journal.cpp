#include "fixes/journal.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "fixes/kind.hpp"
#include "fixes/record.hpp"
#include "posix/error.hpp"
#include "posix/held_signals.hpp"
#include "posix/text.hpp"

namespace kerneltour::fixes {
namespace {

using posix::StagedFile;

constexpr std::string_view unrecorded =
    ".new";  ///< ends the name of a directory whose record is being written

/// The name of the change's directory at that stage.
std::string name_at(const Change& change, Stage stage) {
  const auto id = id_of(change);
  return stage == Stage::made ? id : fmt::format("{}.{}", id, name_of(stage));
}

/// The stage that a directory's name says.
Stage stage_in(std::string_view name) {
  for (const auto stage : {Stage::begun, Stage::undoing, Stage::undone}) {
    if (name.ends_with(fmt::format(".{}", name_of(stage)))) return stage;
  }
  return Stage::made;
}

/// The names of the journal's directories, in order; none where there is no journal. Throws
/// posix::SystemError.
std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory()) names.push_back(entry->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw posix::SystemError("cannot read " + directory, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

std::string utc_now() {
  const time_t now = time(nullptr);
  struct tm parts {};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

/// Who makes the change: the user behind sudo(8), too, where that is a user.
std::string author() {
  const passwd* self = getpwuid(getuid());
  const std::string name = self ? self->pw_name : std::to_string(getuid());
  const char* sudo = std::getenv("SUDO_USER");
  const passwd* caller = sudo ? getpwnam(sudo) : nullptr;
  return caller ? fmt::format("{} by sudo", caller->pw_name) : name;
}

/// One file, and what it is to be.
struct Target {
  const FileEdit* edit;
  FileState state;
};

/// All files are written before the first one takes its place: from then on no space is needed.
void reach(const std::vector<Target>& targets) {
  std::vector<StagedFile> staged;
  for (const auto& [edit, state] : targets) {
    if (state.exists && edit->makes_directory)
      posix::make_directories(edit->path.substr(0, edit->path.rfind('/')), 0755);
    if (state.exists) staged.emplace_back(edit->path, state.text, state.attributes);
  }
  for (auto& file : staged) file.commit();
  for (const auto& [edit, state] : targets) {
    if (!state.exists) posix::remove_file(edit->path);
  }
}

/// What was made for a file that is gone goes with it, unless somebody else has put something there.
void drop_directories(const std::vector<FileEdit>& edits) {
  for (const auto& edit : edits)
    if (edit.makes_directory) rmdir(edit.path.substr(0, edit.path.rfind('/')).c_str());
}

/// Has the running system take notice of what the files are.
void announce(const Change& change) {
  if (const auto& kind = kind_of(change.kind); kind.announce) kind.announce(change);
}

/// The same on the way back from what went wrong, which is what has to be told.
void try_to_announce(const Change& change) {
  try {
    announce(change);
  } catch (const std::exception&) {
  }
}

/// What takes the edits back that are made, the last one first. Throws where a file is neither as before nor
/// as it was made.
std::vector<Target> way_back(const std::vector<FileEdit>& edits) {
  std::vector<Target> targets;
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
    const auto now = look_at(edit->path);
    const auto state = state_of(*edit, now);
    if (state == EditState::foreign)
      throw std::runtime_error(fmt::format("{} has been changed by somebody else since", edit->path));
    if (state == EditState::made) targets.push_back({&*edit, taken_back(*edit, now)});
  }
  return targets;
}

/// What makes the edits again that are taken back.
std::vector<Target> way_forth(const std::vector<FileEdit>& edits) {
  std::vector<Target> targets;
  for (const auto& edit : edits) {
    const auto now = look_at(edit.path);
    if (state_of(edit, now) == EditState::not_made) targets.push_back({&edit, made_from(edit, now)});
  }
  return targets;
}

/// Leaves what went wrong, which was `why`, by that way.
void go(std::vector<Target> (*way)(const std::vector<FileEdit>&), const Change& change,
        const std::exception& why) {
  try {
    reach(way(change.edits));
    drop_directories(change.edits);
    try_to_announce(change);
  } catch (const std::exception& error) {
    throw std::runtime_error(fmt::format(
        "{}; and what was done so far could not be taken back: {}. The next command of kerneltour that "
        "changes anything settles it, and says how",
        why.what(), error.what()));
  }
}

/// The number that the next change gets.
unsigned next_number(const std::vector<std::string>& names) {
  unsigned last = 0;
  for (std::string_view name : names)
    last = std::max(last, posix::parse_number<unsigned>(posix::take_field(name, '-')).value_or(0));
  return last + 1;
}

/// What was changed since it was made is not ours to take back.
void refuse_changed(const Change& change) {
  for (const auto& edit : change.edits) {
    if (state_of(edit, look_at(edit.path)) != EditState::made)
      throw std::runtime_error(
          fmt::format("{} cannot be taken back: what it wrote into {} is not there any more, since somebody "
                      "else has changed it; nothing was changed",
                      id_of(change), edit.path));
  }
}

/// What was changed since it was planned would be skipped.
void refuse_foreign(const Change& change) {
  for (const auto& edit : change.edits) {
    if (state_of(edit, look_at(edit.path)) == EditState::foreign)
      throw std::runtime_error(
          fmt::format("{} has been changed by somebody else meanwhile; nothing was changed", edit.path));
  }
}

bool are_all_made(const std::vector<FileEdit>& edits) {
  return std::all_of(edits.begin(), edits.end(), [](const FileEdit& edit) {
    return state_of(edit, look_at(edit.path)) == EditState::made;
  });
}

}  // namespace

Kept read_journal(const std::string& directory, const std::string& root) {
  Kept kept;
  std::vector<std::string> names;
  try {
    names = names_in(directory);
  } catch (const std::exception& error) {
    kept.problems.emplace_back(error.what());
  }
  for (const auto& name : names) {
    if (name.front() == '.') continue;
    try {
      kept.changes.push_back(read_record(directory + "/" + name, root));
      kept.changes.back().stage = stage_in(name);
    } catch (const std::exception& error) {
      kept.problems.emplace_back(error.what());
    }
  }
  // By name, 10000 stands before 9999.
  std::stable_sort(kept.changes.begin(), kept.changes.end(),
                   [](const Change& a, const Change& b) { return a.number < b.number; });
  return kept;
}

Journal::Journal(std::string directory, const posix::FileLock::Waiting& waiting, std::string root)
    : directory_((posix::make_directories(directory, 0755), std::move(directory))),
      root_(std::move(root)),
      lock_(directory_ + "/lock", std::nullopt, waiting),
      waiting_(waiting) {
  settle();
}

Change Journal::make(Change change, const std::function<void()>& carry_out) {
  const posix::HeldSignals held;
  refuse_foreign(change);
  change.number = next_number(names_in(directory_));
  if (change.group == 0) change.group = grouping_ && group_ != 0 ? group_ : change.number;
  change.root = root_;
  change.when = utc_now();
  change.by = author();
  change.stage = Stage::made;
  const auto recording = "." + id_of(change) + std::string(unrecorded);
  try {
    posix::make_directories(directory_ + "/" + recording, 0755);
    write_record(directory_ + "/" + recording, change);
    posix::rename_within(directory_, recording, name_at(change, Stage::begun));
  } catch (...) {
    forget(change);
    throw;
  }
  try {
    if (carry_out) carry_out();
    reach(way_forth(change.edits));
    announce(change);
    move(change, Stage::begun, Stage::made);
  } catch (const std::exception& error) {
    go(way_back, change, error);
    forget(change);
    throw;
  }
  group_ = change.group;
  return change;
}

void Journal::take_back(const Change& change) {
  const posix::HeldSignals held;
  refuse_changed(change);
  const auto targets = way_back(change.edits);
  try {
    move(change, Stage::made, Stage::undoing);
    reach(targets);
    drop_directories(change.edits);
    announce(change);
    move(change, Stage::undoing, Stage::undone);
  } catch (const std::exception& error) {
    go(way_forth, change, error);
    keep_made(change, error);
    throw;
  }
}

void Journal::settle() {
  for (const auto& name : names_in(directory_)) {
    if (!name.ends_with(unrecorded)) continue;
    discard(name);
    settled_.emplace_back("an earlier run was stopped before it changed anything");
  }
  for (const auto& change : read_journal(directory_, root_).changes) {
    if (change.stage == Stage::made || change.stage == Stage::undone) continue;
    try {
      change.stage == Stage::begun ? settle_begun(change) : settle_undoing(change);
    } catch (const std::exception& error) {
      settled_.push_back(
          fmt::format("{} was not finished by an earlier run, and cannot be now: {}. Its record is {}",
                      id_of(change), error.what(), directory_ + "/" + name_at(change, change.stage)));
    }
  }
}

void Journal::settle_begun(const Change& change) {
  const auto lock = lock_of(kind_of(change.kind), waiting_, root_);
  const posix::HeldSignals held;
  for (const auto& edit : change.edits) posix::remove_staged(edit.path);
  if (are_all_made(change.edits)) {
    announce(change);
    move(change, Stage::begun, Stage::made);
    settled_.push_back(fmt::format("an earlier run was stopped when its change was made: {} ({})",
                                   change.summary, id_of(change)));
    return;
  }
  const auto targets = way_back(change.edits);
  reach(targets);
  drop_directories(change.edits);
  announce(change);
  discard(name_at(change, Stage::begun));
  settled_.push_back(fmt::format("an earlier run was stopped {}; the host is as before it: {} did not happen",
                                 targets.empty() && !kind_of(change.kind).beyond_files
                                     ? "before it changed anything"
                                     : "in the middle, and taken back",
                                 change.summary));
}

void Journal::settle_undoing(const Change& change) {
  const auto lock = lock_of(kind_of(change.kind), waiting_, root_);
  const posix::HeldSignals held;
  for (const auto& edit : change.edits) posix::remove_staged(edit.path);
  reach(way_back(change.edits));
  drop_directories(change.edits);
  announce(change);
  move(change, Stage::undoing, Stage::undone);
  settled_.push_back(
      fmt::format("an earlier undo was stopped, and is finished now: {} is taken back", id_of(change)));
}

void Journal::move(const Change& change, Stage from, Stage to) {
  posix::rename_within(directory_, name_at(change, from), name_at(change, to));
}

/// A rename that failed may have happened: what could not be done is to have it on the disk. So the change is
/// looked for under each of its names. What stays all the same, the next run settles.
void Journal::forget(const Change& change) {
  for (const auto& name : {"." + id_of(change) + std::string(unrecorded), name_at(change, Stage::begun),
                           name_at(change, Stage::made)}) {
    if (access((directory_ + "/" + name).c_str(), F_OK) != 0) continue;
    try {
      discard(name);
    } catch (const std::exception&) {
    }
  }
}

/// After an undo that failed, and of which nothing is left: why it failed was `why`.
void Journal::keep_made(const Change& change, const std::exception& why) {
  for (const auto stage : {Stage::undoing, Stage::undone}) {
    if (access((directory_ + "/" + name_at(change, stage)).c_str(), F_OK) != 0) continue;
    try {
      move(change, stage, Stage::made);
    } catch (const std::exception& error) {
      throw std::runtime_error(
          fmt::format("{}; and the journal could not be told: {}. The next command of kerneltour that "
                      "changes anything may take {} back",
                      why.what(), error.what(), id_of(change)));
    }
  }
}

/// Under a hidden name first: what is half removed must not be taken for a change.
void Journal::discard(const std::string& name) {
  auto path = directory_ + "/" + name;
  if (name.front() != '.') {
    const auto hidden = directory_ + "/." + name + std::string(unrecorded);
    // It need not be on the disk: until it is, nor is what follows.
    if (rename(path.c_str(), hidden.c_str()) != 0) throw posix::SystemError("cannot rename " + path, errno);
    path = hidden;
  }
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace kerneltour::fixes
