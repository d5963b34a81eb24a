#include "commands/next_chapter.hpp"

#include "chapters/catalogue.hpp"
#include "chapters/programs.hpp"

namespace kerneltour::commands {

chapters::Progress progress_here() {
  const auto path = chapters::progress_path(false);
  return path ? chapters::read_progress(*path) : chapters::Progress();
}

const chapters::Chapter* next_chapter(const chapters::Progress& progress) {
  for (const auto& chapter : chapters::catalogue()) {
    const auto found = progress.find(chapter.id);
    const bool finished = found != progress.end() && found->second.finished;
    if (!finished && !chapters::program_of(chapter).empty()) return &chapter;
  }
  return nullptr;
}

}  // namespace kerneltour::commands
