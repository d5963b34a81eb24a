#pragma once

#include "commands/command.hpp"

namespace kerneltour::commands {

Options chapters_options();

/// The table of contents: what each chapter needs and this host has not, and how far the reader is.
int list_chapters(const Arguments& arguments);

}  // namespace kerneltour::commands
