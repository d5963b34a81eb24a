#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apt/download.hpp"

namespace kerneltour::kernels {

/// The control file of a package, as `dpkg-deb -f` prints it. Throws where there is none.
using ControlOf = std::function<std::string(const std::string& deb_path)>;

/// The text of a file "Packages" beside the packages, which are all in one directory: with their sizes, and
/// the SHA-256 that were signed, so that APT demands them of each file when it takes it (deb822(5),
/// apt-ftparchive(1)).
///
/// Throws std::runtime_error where a package's control file would change what the index says of it or of
/// other packages: where it is more than one stanza or has fields of an index, and where it is not of the
/// package that the file's name says.
std::string packages_index(const std::vector<apt::Download>& packages, const ControlOf& control_of);

/// What is wrong with a control file as a stanza of an index, for the package of that file's name; empty
/// where nothing is. A sentence's end: "has the field Filename, which only an index has".
std::string control_problem(std::string_view control, std::string_view deb_name);

}  // namespace kerneltour::kernels
