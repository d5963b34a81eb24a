#pragma once

#include <string>
#include <vector>

#include "chapters/header.hpp"

namespace kerneltour::lesson {

/// Something that a chapter needs and the host has not: "psi: disabled by psi=0 on the kernel command line".
std::vector<std::string> missing_prerequisites(const chapters::Chapter& chapter);

}  // namespace kerneltour::lesson
