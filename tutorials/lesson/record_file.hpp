#pragma once

#include <string>
#include <vector>

#include "lesson/recording.hpp"
#include "posix/fd.hpp"

namespace kerneltour::lesson {

/// A file that a run is to be kept in. Its place is tried before the run, so that nobody waits for one in
/// vain. A file that is there already stays as it is.
class RecordFile {
 public:
  /// Throws std::invalid_argument where the name says neither CSV nor SVG, std::runtime_error where something
  /// of that name is there, and posix::SystemError where no file can be made. Leaves nothing.
  explicit RecordFile(std::string path);

  const std::string& path() const { return path_; }
  /// Makes the file: whole, or not at all. Throws as the constructor does.
  void write(const Recording& recording) const;

 private:
  using Form = std::string (*)(const Recording&);
  static Form form_of(const std::string& path);

  posix::Fd stage() const;
  void unstage() const;
  void refuse_existing() const;
  void take_place() const;

  std::string path_;
  Form form_;
  std::string name_;     ///< in the directory
  std::string staged_;   ///< the name until the file is whole
  posix::Fd directory_;  ///< kept, so that nobody can put another in its place meanwhile
};

/// Writes what was measured to each of the files, and tells that on standard error. False where one of them
/// could not be made.
bool keep(const Recording& recording, const std::vector<RecordFile>& files);

}  // namespace kerneltour::lesson
