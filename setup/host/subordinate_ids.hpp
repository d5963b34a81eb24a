#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::host {

/// One line of /etc/subuid or /etc/subgid (subuid(5)).
struct SubordinateRange {
  std::string owner;  ///< a name, or a number as text
  std::uint64_t start = 0;
  std::uint64_t count = 0;
  unsigned line = 0;  ///< from 1

  std::uint64_t end() const { return start + count; }  ///< one past the last ID
  bool operator==(const SubordinateRange&) const = default;
  bool overlaps(const SubordinateRange& other) const { return start < other.end() && other.start < end(); }
};

/// "ann:100000:65536", as it stands in the file.
std::string written(const SubordinateRange& range);

/// A line that is neither a range, nor empty, nor a comment.
struct MalformedLine {
  unsigned line = 0;
  std::string text;  ///< at most 80 bytes of it, printable
};

struct SubordinateFile {
  bool exists = false;
  std::vector<SubordinateRange> ranges;
  std::vector<MalformedLine> malformed;  ///< the first 1,000 of them
};

/// `exists` is true in what it returns. A range of count 0, or whose end is past 2^32 - 1, is
/// malformed: the kernel refuses to map it (kernel/user_namespace.c: map_write).
SubordinateFile parse_subordinate_ids(std::string_view text);

/// What new ranges are made of (login.defs(5)): SUB_UID_MIN, _MAX, _COUNT, or the SUB_GID ones.
struct SubordinateDefaults {
  std::uint64_t min = 100000;
  std::uint64_t max = 600100000;
  std::uint64_t count = 65536;
};

/// `kind` is "UID" or "GID". Values that are not there or no numbers keep their default;
/// octal and hexadecimal ones count (login.defs(5)).
SubordinateDefaults parse_login_defs(std::string_view text, std::string_view kind);

/// The services behind `subid:` in nsswitch.conf(5) before "files": where there are any they, and not the
/// files, are asked (subuid(5)).
std::vector<std::string> subordinate_id_services(std::string_view nsswitch);

}  // namespace kerneltour::host
