#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kerneltour::chapters {

/// As whom a chapter runs.
enum class Privilege {
  user,  ///< an ordinary user
  root,
};

/// What chapter.md says of its chapter between its two lines of "---".
struct Chapter {
  unsigned number = 0;
  std::string id;  ///< its folder's name: "12-hostname-and-network"
  std::string title;
  std::string part;
  std::vector<std::string> needs;  ///< ids of features
  std::vector<std::string> wants;  ///< ids of features without which some of its steps are skipped
  Privilege privilege = Privilege::user;
  unsigned minutes = 0;          ///< to read; 0 where the chapter is not written yet
  std::vector<std::string> man;  ///< manual pages to have at hand: "bind(2)"
};

/// Why a header cannot be used: "line 3: 'nedes' is no key of a chapter's header".
struct HeaderError {
  std::string reason;
};

/// Parses `text` from its first "---" line to the second; what follows is the lesson and is not looked at.
std::variant<Chapter, HeaderError> parse_header(std::string_view id, std::string_view text);

}  // namespace kerneltour::chapters
