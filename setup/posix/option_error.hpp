#pragma once

#include <string>

#include <boost/program_options/errors.hpp>

namespace kerneltour::posix {

/// What was wrong with an option, in Boost's words. Boost's own what() never returns where what was typed has one of its
/// placeholders, as --%canonical_option% has: it puts the text in for itself, again and again. Here each '%' that was
/// typed is shown as \x25 then.
std::string message_of(boost::program_options::error& error);

}  // namespace kerneltour::posix
