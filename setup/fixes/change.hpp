#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fixes/file_edit.hpp"

namespace kerneltour::fixes {

/// How far a change is.
enum class Stage {
  begun,    ///< recorded, and perhaps made in part
  made,     ///< made wholly
  undoing,  ///< taken back in part
  undone,   ///< taken back wholly
};

/// "begun"
std::string_view name_of(Stage stage);

/// Something that was changed on the host, as the journal keeps it.
struct Change {
  unsigned number = 0;
  std::string kind;     ///< "subordinate-ids": what is particular about it, see kind.hpp
  std::string summary;  ///< "user ann got the IDs 100000 to 165535"
  std::string when;     ///< UTC, as 2026-11-23T20:15:00Z
  std::string by;       ///< who: "root", or "ann by sudo"
  Stage stage = Stage::begun;
  std::vector<FileEdit> edits;
  unsigned group = 0;     ///< number of the first of the changes that one command made: one to take back
  std::string root = {};  ///< of the host that was changed, "" for the running one: each path begins with it.
                          ///< It is where that host is now, and no part of the record
};

/// "0007-subordinate-ids"
std::string id_of(const Change& change);

}  // namespace kerneltour::fixes
