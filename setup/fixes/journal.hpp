#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "fixes/change.hpp"
#include "posix/file_lock.hpp"

namespace kerneltour::fixes {

/// Where changes to this host are kept.
inline constexpr const char* journal_directory = "/var/lib/kerneltour/changes";

/// What a journal holds.
struct Kept {
  std::vector<Change> changes;        ///< in the order in which they were begun
  std::vector<std::string> problems;  ///< what is in it and cannot be read, in words
};

/// Reads a journal, and changes nothing. Empty where there is none. `root` is where the host is that it is
/// the journal of.
Kept read_journal(const std::string& directory, const std::string& root = "");

/// The journal of changes, held by this process alone.
///
/// A change is a directory NNNN-KIND in it, whose record (record.hpp) is on the disk before anything is
/// changed, and never written again. How far the change is stands in the directory's name, since rename(2)
/// needs no space and happens wholly or not at all: NNNN-KIND.begun, NNNN-KIND once it is made,
/// NNNN-KIND.undoing, and NNNN-KIND.undone.
class Journal {
 public:
  /// Makes the directory where there is none, waits for whoever has the journal (`waiting` is told), and
  /// settles what a run that was killed left: a change that was made in part is taken back, one that was made
  /// wholly is closed, one that was being taken back is taken back wholly. Throws posix::SystemError.
  Journal(std::string directory, const posix::FileLock::Waiting& waiting, std::string root = "");

  /// What was settled, a sentence each.
  const std::vector<std::string>& settled() const { return settled_; }

  /// From here on the changes that are made are one group: one undo takes them back.
  void group_changes() { grouping_ = true; }

  /// Records the change and makes its edits; the lock of its kind is held by the caller. Number, time, author
  /// and stage are filled in, and the group where it has none. What is no edit of a file is done by
  /// `carry_out`, once the record is on the disk and before the edits: what it did in part, or wholly in a
  /// process that was killed, is for the announcing of the change's kind to take back. Throws where something
  /// fails, and then the host is as before.
  Change make(Change change, const std::function<void()>& carry_out = {});

  /// Takes back a change that is made; the lock of its kind is held by the caller. Throws std::runtime_error,
  /// before anything is touched, where what was made has been changed since, and posix::SystemError; then the
  /// host is as before.
  void take_back(const Change& change);

 private:
  void settle();
  void settle_begun(const Change& change);
  void settle_undoing(const Change& change);
  void move(const Change& change, Stage from, Stage to);
  void discard(const std::string& name);
  void forget(const Change& change);
  void keep_made(const Change& change, const std::exception& why);

  std::string directory_;
  std::string root_;
  posix::FileLock lock_;
  posix::FileLock::Waiting waiting_;
  std::vector<std::string> settled_;
  bool grouping_ = false;
  unsigned group_ = 0;
};

}  // namespace kerneltour::fixes
