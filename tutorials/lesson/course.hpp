#pragma once

#include <span>
#include <string>
#include <vector>

#include "chapters/header.hpp"
#include "lesson/chapter_text.hpp"
#include "lesson/lesson.hpp"
#include "lesson/source.hpp"

namespace kerneltour::lesson {

/// A step with its text and its source.
struct Stop {
  const StepCode* code;
  Section section;
  SourceLines source;
};

/// A chapter, joined.
struct Course {
  chapters::Chapter chapter;
  ChapterText text;
  std::vector<Stop> stops;

  /// The place of a step; npos where there is none of that id.
  std::size_t find(std::string_view id) const;
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

/// Joins chapter.md and main.cpp, as they were compiled, by the ids of the steps. Throws std::runtime_error
/// where they differ: a section without a step, a step without a section or in another order, a function that
/// is not named after its step.
Course join(std::span<const StepCode> steps);

}  // namespace kerneltour::lesson
