#include "commands/reference.hpp"

#include <doctest/doctest.h>

#include "commands/check.hpp"
#include "features/catalogue.hpp"

using namespace kerneltour;
using namespace kerneltour::commands;

namespace {

constexpr Command table[] = {{"check", "FEATURE", "Tells what is", check_options, check}};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the man page has every option of every command") {
  const auto text = reference(table, "man-commands");
  for (const auto& [option, description] : describe_options(check_options())) {
    CAPTURE(option);
    CHECK_FALSE(description.empty());
    CHECK(contains(text, "\\fB\\-\\-" + option.substr(2, option.find(' ') - 2)));
  }
}

TEST_CASE("the man page and the completion have every feature") {
  const auto completion = reference(table, "bash-completion");
  for (const auto* feature : features::catalogue()) CHECK(contains(completion, feature->id));
  CHECK(contains(reference(table, "man-features"), "reuseport\\-migration"));
}

TEST_CASE("the man page has every exit status") {
  const auto text = reference(table, "man-exit-status");
  for (const auto& [status, meaning] : exit_statuses)
    CHECK(contains(text, ".TP\n" + std::to_string(status) + "\n"));
}

TEST_CASE("the compatibility table has the first Linux with all that a chapter needs") {
  const auto text = reference(table, "md-compatibility");
  CHECK(contains(text, "| 22 Reload without loss | any user | 5.14 | so-reuseport, reuseport-bpf, "));
  CHECK(contains(text, "| 03 Memory pressure | root | 4.20 | psi, cgroup2 |"));
  CHECK(contains(text, "| 00 Your kernel | any user | any |  |"));
}

TEST_CASE("a part that is not known is wrong usage") { CHECK_THROWS_AS(reference(table, "man"), UsageError); }
