#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kerneltour::apt {

/// A package by its name; without a version it is what APT itself would take.
struct Wanted {
  std::string package;  ///< "linux-image-6.12.9-amd64"
  std::string version = {};

  bool operator==(const Wanted&) const = default;
};

/// What is to be in, and what is to be gone.
struct Wish {
  std::vector<Wanted> install = {};
  std::vector<std::string> purge = {};

  bool operator==(const Wish&) const = default;
};

/// What happens to one package.
struct Step {
  enum class Action { install, upgrade, downgrade, reinstall, remove, purge, configure };
  Action action = Action::install;
  std::string package;
  std::string architecture;
  std::string from;            ///< the version that is installed; empty where none is
  std::string to;              ///< the version that will be; empty where none will
  std::string origin = {};     ///< where it comes from: "bookworm-backports", "local files"
  std::uint64_t download = 0;  ///< in bytes, whether or not it is there already
  std::int64_t disk = 0;       ///< by how many bytes the installed size grows
  bool automatic = false;      ///< it comes because another one needs it
  bool trusted = true;         ///< APT can tell that its source is the one that it says

  bool operator==(const Step&) const = default;
};

/// "install"
std::string_view name_of(Step::Action action);

/// What APT would do, and why it cannot.
struct Plan {
  std::vector<Step> steps;              ///< by name
  std::uint64_t download = 0;           ///< bytes that are not there yet
  std::int64_t disk = 0;                ///< by how many bytes the installed size grows
  std::vector<std::string> broken;      ///< why it cannot be done, a sentence each without its full stop
  std::vector<std::string> unfinished;  ///< packages that an earlier run of dpkg has left half done

  bool is_possible() const { return broken.empty(); }
};

}  // namespace kerneltour::apt
