#include "kernels/mainline_index.hpp"

#include <algorithm>
#include <string>

#include "fuzz/target.hpp"

namespace kerneltour::fuzz {
namespace {

/// As mod_autoindex has it, one row a folder.
std::string print(const std::vector<kernels::MainlineFolder>& folders) {
  std::string page = "<table>\n";
  for (const auto& folder : folders) {
    const auto name = kernels::folder_of(folder.version) + "/";
    page += "<tr><td><a href=\"" + name + "\">" + name + "</a></td><td>" + folder.changed + "</td></tr>\n";
  }
  return page;
}

bool older(const kernels::MainlineFolder& one, const kernels::MainlineFolder& other) {
  return one.version < other.version;
}

}  // namespace

void target(std::string_view text) {
  const auto folders = kernels::parse_mainline_index(text);
  must(std::is_sorted(folders.begin(), folders.end(), older), "the oldest version comes first");
  for (std::size_t i = 1; i < folders.size(); ++i)
    must(folders[i - 1].version != folders[i].version, "each version is there once");
  for (const auto& folder : folders) {
    const auto name = kernels::folder_of(folder.version);
    must(name.find_first_not_of("v0123456789.-rc") == name.npos,
         "a folder's name is of a version's characters");
    must(name.find("..") == name.npos, "a folder's name does not climb");
    must(kernels::parse_mainline_version(name) == folder.version, "a version's folder reads as the version");
    must(folder.changed.empty() || folder.changed.size() == 16, "a date is a date");
  }
  must(kernels::parse_mainline_index(print(folders)) == folders, "folders printed read as themselves");
}

}  // namespace kerneltour::fuzz
