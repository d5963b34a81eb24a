#include "kernels/packages_index.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "kernels/mainline_build.hpp"
#include "posix/error.hpp"
#include "posix/text.hpp"

namespace kerneltour::kernels {
namespace {

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

/// Fields that an index has of a package's file, and hashes, whatever their name.
bool is_of_an_index(std::string_view field) {
  constexpr std::string_view known[] = {"filename", "size", "md5sum", "sha1", "sha256", "sha512"};
  return std::find(std::begin(known), std::end(known), field) != std::end(known);
}

bool is_field_name(std::string_view name) {
  const auto fits = [](char c) { return c > ' ' && c < '\x7f'; };
  return !name.empty() && name.front() != '-' && name.front() != '#' &&
         std::all_of(name.begin(), name.end(), fits);
}

bool is_text(std::string_view line) {
  return std::none_of(line.begin(), line.end(),
                      [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
}

/// The fields of one stanza by their names in lower case, with their first lines.
using Stanza = std::map<std::string, std::string_view, std::less<>>;

/// Takes a line to the stanza; a sentence's end where it is none that a stanza may have.
std::string add_line(Stanza& stanza, std::string_view line) {
  if (posix::trim(line).empty()) return "has an empty line, behind which another package would begin";
  if (!is_text(line)) return "has control characters in it";
  if (line.front() == ' ' || line.front() == '\t')
    return stanza.empty() ? "begins with a line that goes on" : "";
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (colon == line.npos || !is_field_name(name)) return "has a line that is no field";
  if (is_of_an_index(lowered(name))) return fmt::format("has the field {}, which only an index has", name);
  const bool added = stanza.emplace(lowered(name), posix::trim(line.substr(colon + 1))).second;
  return added ? "" : fmt::format("has the field {} twice", name);
}

/// Whether the field says the same as the file's name.
bool says(const Stanza& stanza, std::string_view field, std::string_view value) {
  const auto found = stanza.find(field);
  return found != stanza.end() && found->second == value;
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string stanza_of(const apt::Download& package, const ControlOf& control_of) {
  const auto name = name_of(package.path);
  const auto control = control_of(package.path);
  if (const auto problem = control_problem(control, name); !problem.empty())
    throw std::runtime_error(fmt::format("the control file of {} {}", package.path, problem));
  struct stat status;
  if (stat(package.path.c_str(), &status) != 0)
    throw posix::SystemError(fmt::format("cannot look at {}", package.path), errno);
  return fmt::format("{}\nFilename: ./{}\nSize: {}\nSHA256: {}\n\n", posix::trim(control), name,
                     status.st_size, package.sha256);
}

}  // namespace

std::string control_problem(std::string_view control, std::string_view deb_name) {
  Stanza stanza;
  while (!control.empty()) {
    if (auto problem = add_line(stanza, posix::take_line(control)); !problem.empty()) return problem;
  }
  const auto file = parse_deb_name(deb_name, {});
  const bool alike = file && says(stanza, "package", file->package) &&
                     says(stanza, "version", file->version) &&
                     says(stanza, "architecture", file->architecture);
  return alike ? "" : "is of another package than the file's name says";
}

std::string packages_index(const std::vector<apt::Download>& packages, const ControlOf& control_of) {
  std::string index;
  for (const auto& package : packages) index += stanza_of(package, control_of);
  return index;
}

}  // namespace kerneltour::kernels
