#pragma once

#include <string>

#include "fixes/change.hpp"

namespace kerneltour::fixes {

/// Writes all of the change but its stage into the directory: record.json, and for each edited file what it
/// was
/// ("0.before") and, unless lines say it, what it became ("0.after"). Each is on the disk when this returns.
/// Throws posix::SystemError.
void write_record(const std::string& directory, const Change& change);

/// Reads it back, for the host below `root`. Throws std::runtime_error, naming the file, where it is none.
Change read_record(const std::string& directory, const std::string& root = "");

}  // namespace kerneltour::fixes
