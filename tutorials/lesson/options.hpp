#pragma once

#include <optional>
#include <string>
#include <vector>

namespace kerneltour::lesson {

/// A chapter's command line.
struct Options {
  bool help = false;
  bool list = false;    ///< print the ids of the steps
  bool source = false;  ///< print main.cpp
  bool unattended = false;
  std::string format = "text";
  std::optional<std::string> from;  ///< id of the step to begin with
  std::optional<std::string> copy;  ///< directory
  std::vector<std::string> record;  ///< files
  std::optional<std::string> set;   ///< "concurrency=300"
};

/// Throws std::invalid_argument, in words for the reader.
Options parse_options(int argc, char** argv);

std::string options_help();

}  // namespace kerneltour::lesson
