#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apt/observer.hpp"
#include "apt/plan.hpp"
#include "fixes/change.hpp"
#include "fixes/journal.hpp"
#include "fixes/kind.hpp"

namespace kerneltour::fixes {

/// A kernel's packages, which were not there before. Its one file says which these are. The packages are
/// taken back with it: wholly clean ones by way of libapt-pkg, what dpkg left half done by dpkg itself.
extern const Kind kernel_packages;

/// A package that came with a kernel.
struct AddedPackage {
  std::string name;
  std::string version;

  bool operator==(const AddedPackage&) const = default;
};

/// What such a change brought.
struct AddedKernel {
  std::string release;
  std::vector<AddedPackage> packages;

  bool operator==(const AddedKernel&) const = default;
};

std::string to_text(const AddedKernel& kernel);
/// Throws std::runtime_error where the text is none of ours.
AddedKernel parse_added_kernel(std::string_view text);

/// The change that the steps of a plan are, on the host below `root`. Packages that they upgrade are no part
/// of it: what these were before, no archive need have any more.
Change kernel_change(const std::string& root, const std::string& release,
                     const std::vector<apt::Step>& steps);

/// What a change of this kind brought. Throws std::runtime_error.
AddedKernel added_kernel_of(const Change& change);

/// The change that brought this kernel and is not taken back; nullptr where none did. It is `kept`'s.
const Change* change_that_added(const Kept& kept, std::string_view release);

/// Who is told of what dpkg does when such a change is taken back; nullptr: nobody. It has to live as long.
void tell_of_packages(apt::Observer* observer);

/// dpkg's words, below a host's root.
inline constexpr const char* packages_log = "/var/log/kerneltour/packages.log";
/// Makes its directory, and returns its path. Throws posix::SystemError.
std::string ready_packages_log(const std::string& root);

}  // namespace kerneltour::fixes
