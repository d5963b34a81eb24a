#include "chapters/run_options.hpp"

#include <doctest/doctest.h>

using namespace kerneltour::chapters;
namespace po = boost::program_options;
using Words = std::vector<std::string>;

namespace {

/// What `kerneltour run` hands on.
Words handed_on(const Words& words) {
  po::variables_map given;
  po::store(po::command_line_parser(words).options(run_options()).run(), given);
  return words_of(given);
}

}  // namespace

TEST_CASE("the options of a chapter are handed on to its program") {
  CHECK(handed_on({}).empty());
  CHECK(handed_on({"--list"}) == Words{"--list"});
  CHECK(handed_on({"--format=tap", "--from", "a-step"}) == Words{"--from", "a-step", "--format", "tap"});
}

TEST_CASE("an option that is given twice is handed on twice") {
  CHECK(handed_on({"--record", "a.csv", "--record", "b c.svg"}) ==
        Words{"--record", "a.csv", "--record", "b c.svg"});
}

TEST_CASE("an option that may be given once is not handed on twice") {
  CHECK_THROWS_AS(handed_on({"--from", "a", "--from", "b"}), po::error);
}
