#pragma once

#include <span>
#include <string_view>

#include "lesson/setting.hpp"
#include "lesson/step.hpp"

namespace kerneltour::lesson {

/// A step of a chapter: its id is that of a section "## id: Title" in chapter.md, and its function is named
/// after the id ("second-bind" is second_bind).
struct StepCode {
  std::string_view id;
  void (*run)(Step& step);
};

/// The whole of a chapter's main(): reads the command line, joins the steps with chapter.md, looks whether
/// the host has what the chapter needs, and runs step by step. Returns the exit status: 0 all expectations
/// held, 1 one did not, 2 wrong usage, 77 skipped because something is missing. `settings` are what the reader
/// may choose by --set.
int run(int argc, char** argv, std::span<const StepCode> steps, std::span<const Setting> settings = {});

}  // namespace kerneltour::lesson
