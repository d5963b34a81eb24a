#pragma once

#include "chapters/header.hpp"
#include "chapters/progress.hpp"

namespace kerneltour::commands {

/// The reader's progress; empty where there is none.
chapters::Progress progress_here();

/// The first chapter that can be run and was not gone through to its end; nullptr where all were.
const chapters::Chapter* next_chapter(const chapters::Progress& progress);

}  // namespace kerneltour::commands
