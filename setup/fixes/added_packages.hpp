#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apt/observer.hpp"
#include "apt/plan.hpp"
#include "fixes/change.hpp"
#include "fixes/kind.hpp"

namespace kerneltour::fixes {

/// Packages that were not there before. The change's one file says which these are; taken back, they are purged:
/// wholly clean ones by way of libapt-pkg, what dpkg left half done by dpkg itself.
extern const Kind added_packages;

/// A package that came with a change.
struct AddedPackage {
  std::string name;
  std::string version;

  bool operator==(const AddedPackage&) const = default;
};

/// What a change brought, and what for: a kernel's release, or the packages that were asked for.
struct Addition {
  std::string purpose;
  std::vector<AddedPackage> packages;

  bool operator==(const Addition&) const = default;
};

std::string to_text(const Addition& addition);
/// Throws std::runtime_error where the text is none of ours.
Addition parse_addition(std::string_view text);

/// What a change that brought packages says. Throws std::runtime_error.
Addition addition_of(const Change& change);

/// Whether a change of this kind brings packages.
bool brings_packages(const Change& change);

/// Those of the steps that bring a package which was not there. Packages that are upgraded are no part of it:
/// what these were before, no archive need have any more.
Addition addition_in(const std::vector<apt::Step>& steps, std::string purpose);

/// The change that these are, on the host below `root`.
Change packages_change(const std::string& root, const Addition& addition);

/// For kinds like this one: waits until no dpkg is at work, has the packages gone, and says what is in the way
/// of that.
posix::FileLock lock_packages(const posix::FileLock::Waiting& waiting, const std::string& root);
void announce_packages(const Change& change);
std::string obstacle_to_removal(const Change& change);

/// Who is told of what dpkg does when such a change is taken back; nullptr: nobody. It has to live as long.
void tell_of_packages(apt::Observer* observer);

/// dpkg's words, below a host's root.
inline constexpr const char* packages_log = "/var/log/kerneltour/packages.log";
/// Makes its directory, and returns its path. Throws posix::SystemError.
std::string ready_packages_log(const std::string& root);

}  // namespace kerneltour::fixes
