#include "lesson/sampler.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <sstream>

#include "lesson/event.hpp"
#include "lesson/reporter.hpp"
#include "posix/fd.hpp"
#include "posix/file.hpp"
#include "support/tree.hpp"

using namespace kerneltour::lesson;
using namespace std::chrono_literals;
using kerneltour::posix::Fd;
using kerneltour::tests::Tree;

namespace {

/// A step whose events go to a file.
struct Told {
  Tree tree;
  Fd file{open(tree.real("/events").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  Reporter reporter{file.get()};
  Step step{reporter};

  std::vector<Event> events() const {
    std::istringstream lines(kerneltour::posix::read_file(AT_FDCWD, tree.real("/events").c_str()).text);
    std::vector<Event> all;
    for (std::string line; std::getline(lines, line);) all.push_back(from_line(line));
    return all;
  }
};

}  // namespace

TEST_CASE("a sampler reads ten times a second at most, and tells each reading") {
  Told told;
  Sampler sampler(told.step);
  sampler.add("always", "%", [] { return 42.0; });
  const auto means = sampler.watch(500ms);
  REQUIRE(means.size() == 1);
  CHECK(means[0].value == doctest::Approx(42));
  const auto events = told.events();
  CHECK(events.size() + 1 == sampler.readings());  // the first is where it begins
  CHECK(events.size() <= 6);
  for (const auto& event : events) {
    CHECK(event.kind == Event::Kind::sample);
    REQUIRE(event.rows.size() == 1);
    CHECK(event.rows[0].label == "always");
    CHECK(event.rows[0].value == 42);
  }
}

TEST_CASE("a rate is what has grown in a second, and watching may end early") {
  Told told;
  Sampler sampler(told.step);
  double read = 1000;
  sampler.add_rate("grows", "k/s", [&] { return read += 1; });
  const auto means = sampler.watch(10s, [&] { return read > 1004; });
  CHECK(means[0].value > 0);
  CHECK(means[0].value < 10.5);  // by 1 in each tenth of a second, or more slowly on a busy machine
  CHECK(told.events().size() == 4);
}
