#pragma once

#include <string>

#include "chapters/header.hpp"

namespace kerneltour::chapters {

/// The chapter's program: libexec/kerneltour/ID beside the directory of the running program, as both are
/// installed and as both are built. Empty where there is none: a chapter that is not written yet.
std::string program_of(const Chapter& chapter);

}  // namespace kerneltour::chapters
