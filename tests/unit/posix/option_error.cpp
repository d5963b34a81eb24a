#include "posix/option_error.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

using kerneltour::posix::message_of;

namespace po = boost::program_options;

namespace {

po::options_description known() {
  po::options_description options;
  options.add_options()("format", po::value<std::string>())("quiet", "");
  return options;
}

std::string of_words(const std::vector<std::string>& words) {
  try {
    po::variables_map values;
    po::store(po::command_line_parser(words).options(known()).run(), values);
  } catch (po::error& error) {
    return message_of(error);
  }
  return "no error";
}

std::string of_file(const std::string& text) {
  try {
    std::istringstream in(text);
    po::variables_map values;
    po::store(po::parse_config_file(in, known()), values);
  } catch (po::error& error) {
    return message_of(error);
  }
  return "no error";
}

}  // namespace

TEST_CASE("an option's error is in Boost's words") {
  CHECK(of_words({"--nothing"}) == "unrecognised option '--nothing'");
  CHECK(of_words({"--format"}) == "the required argument for option '--format' is missing");
  CHECK(of_words({"--100%"}) == "unrecognised option '--100%'");
  CHECK(of_words({"--format", "text", "--format", "%value%"}) ==
        "option '--format' cannot be specified more than once");
}

TEST_CASE("a placeholder of Boost's that was typed is not filled in, and there is an answer") {
  CHECK(of_words({"--%canonical_option%"}) == "unrecognised option '--\\x25canonical_option\\x25'");
  CHECK(of_words({"-%canonical_option%"}).find("\\x25") != std::string::npos);
  CHECK(of_words({"--quiet=%canonical_option%"}).find("'--quiet") != std::string::npos);
  CHECK(of_file("a%canonical_option%b = 1\n") == "unrecognised option 'a\\x25canonical_option\\x25b'");
  CHECK(of_file("%invalid_line%\n").find("\\x25invalid_line\\x25") != std::string::npos);
}
