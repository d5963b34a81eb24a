#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::fixes {

/// A package, as far as dpkg has come with it (dpkg-query(1), db:Status-Status).
struct PackageState {
  std::string name;
  std::string status;   ///< "installed", "half-configured"
  bool broken = false;  ///< it has to be reinstalled before anything else (db:Status-Eflag)

  bool operator==(const PackageState&) const = default;
  bool is_complete() const { return status == "installed" && !broken; }
};

/// Those of the packages of which there is anything on the host below `root`, be it configuration files.
/// Throws posix::SystemError.
std::vector<PackageState> package_states(const std::string& root, const std::vector<std::string>& names);

/// What dpkg-query prints for that: "NAME STATUS EFLAG" a line. Lines that are none are passed over.
std::vector<PackageState> parse_package_states(std::string_view text);

/// Whether dpkg was stopped in the middle, with one of them or with anything: libapt-pkg does not work then.
bool has_half_done(const std::string& root, const std::vector<PackageState>& states);

/// Purges them whatever state they are in, and then finishes what else dpkg has begun. Throws
/// std::runtime_error with dpkg's words.
void purge_half_done(const std::string& root, const std::vector<PackageState>& states);

}  // namespace kerneltour::fixes
