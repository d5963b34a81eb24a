#pragma once

#include <string>
#include <vector>

#include "chapters/header.hpp"
#include "commands/command.hpp"
#include "features/feature.hpp"

namespace kerneltour::commands {

/// What a command line asks for.
struct Selection {
  std::vector<const features::Feature*> features;  ///< in the catalogue's order
  std::vector<const chapters::Chapter*> chapters;  ///< as named; all where nothing is named
};

/// Adds --for CHAPTER..., `about` saying what it is for. The operands are FEATURE.
void add_selection(Options& options, const std::string& about);

/// The features named, and those that the chapters named by --for need; all where none is named. Throws
/// UsageError.
Selection selection(const Arguments& arguments);

/// The same, with those that the chapters only want, too.
Selection selection_with_wanted(const Arguments& arguments);

}  // namespace kerneltour::commands
