#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace kerneltour::chapters {

/// The options that every chapter's program takes, and `kerneltour run` hands on to it.
boost::program_options::options_description run_options();

/// Those that were given, again as words for a command line.
std::vector<std::string> words_of(const boost::program_options::variables_map& given);

}  // namespace kerneltour::chapters
