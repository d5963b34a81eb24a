#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::posix {

/// What a file has besides its text. Without an owner or a group it has those of the process.
struct FileAttributes {
  mode_t mode = 0644;  ///< permissions, as chmod(2) takes them
  std::optional<uid_t> owner = std::nullopt;
  std::optional<gid_t> group = std::nullopt;

  bool operator==(const FileAttributes&) const = default;
};

/// A file that is to take the place of another one: written beside it, whole and on the disk (fsync(2)),
/// before the other one is touched. Its name begins with a dot, so that what reads a directory of
/// drop-ins passes it by.
///
/// Two of them for one path at a time are the caller's to prevent, with a lock. What a SIGKILL leaves
/// of one the next one for that path overwrites, and remove_staged() takes away.
class StagedFile {
 public:
  /// Throws SystemError; nothing is left then.
  StagedFile(const std::string& path, std::string_view text, const FileAttributes& attributes);
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile();

  /// Takes the place of `path` (rename(2)), and has that on the disk. Needs no space. Throws SystemError.
  void commit();

 private:
  std::string path_;
  std::string staged_;  ///< empty when committed
};

/// Removes what a StagedFile for `path` left, where there is any.
void remove_staged(const std::string& path);

/// Replaces the file `path` by one with this text, or leaves it as it was. Throws SystemError; nothing of
/// ours is left then.
void replace_file(const std::string& path, std::string_view text, const FileAttributes& attributes);

/// Removes the file `path`, and has that on the disk. Throws SystemError.
void remove_file(const std::string& path);

/// Makes the directory and those above it that are missing, each with `mode`. Throws SystemError.
void make_directories(const std::string& path, mode_t mode);

/// Renames, with that on the disk: both in one directory. Throws SystemError.
void rename_within(const std::string& directory, const std::string& from, const std::string& to);

/// Has what was renamed, made and removed in the directory on the disk. Throws SystemError.
void sync_directory(const std::string& directory);

}  // namespace kerneltour::posix
