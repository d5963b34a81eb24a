#include "commands/reference.hpp"

#include <doctest/doctest.h>
#include <stdio.h>

#include <fstream>
#include <memory>

#include "commands/check.hpp"
#include "features/catalogue.hpp"
#include "support/tree.hpp"

using namespace kerneltour;
using namespace kerneltour::commands;

namespace {

constexpr Command table[] = {{"check", "FEATURE", "Tells what is", check_options, check}};

Options grant_options() {
  Options options;
  options.add_options()("count", boost::program_options::value<std::string>()->value_name("N"), "How many.")(
      "like", boost::program_options::value<std::string>()->value_name("more|less"), "Which.");
  return options;
}

Options no_options() { return {}; }

constexpr Command words_table[] = {
    {"check", "FEATURE", "Tells what is", check_options, check},
    {"subid list", "more|less", "Lists", no_options, check},
    {"subid grant", "USER", "Gives", grant_options, check},
    {"subid check", "", "Tells", no_options, check},
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// What bash offers for the last of the words, by the completion made from words_table.
std::string completed(const std::string& words) {
  const tests::Tree tree;
  std::ofstream(tree.real("/completion")) << reference(words_table, "bash-completion");
  std::ofstream(tree.real("/asks")) << "_init_completion() {\n"
                                       "  words=(\"${typed[@]}\"); cword=$((${#words[@]} - 1))\n"
                                       "  cur=${words[cword]}; prev=${words[cword - 1]}\n"
                                       "}\n"
                                       ". \"$1/completion\"; typed=(\"${@:2}\"); _kerneltour\n"
                                       "echo \"${COMPREPLY[*]}\"\n";
  const auto asks = "bash '" + tree.real("/asks") + "' '" + tree.root() + "' kerneltour " + words;
  const std::unique_ptr<FILE, int (*)(FILE*)> bash(popen(asks.c_str(), "r"), pclose);
  REQUIRE(bash);
  std::string answer;
  char block[4096];
  while (fgets(block, sizeof block, bash.get())) answer += block;
  return answer.substr(0, answer.find('\n'));
}

}  // namespace

TEST_CASE("the man page has every option of every command") {
  const auto text = reference(table, "man-commands");
  for (const auto& described : describe_options(check_options())) {
    const auto [option, description] = described;
    INFO(described.first);
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
  CHECK(contains(text, "| 03 Memory pressure | any user | 4.20 | psi |"));
  CHECK(contains(text, "| 00 Your kernel | any user | any |  |"));
}

TEST_CASE("bash offers the first words of commands, each once") {
  CHECK(completed("''") == "--help --version check subid");
  CHECK(completed("su") == "subid");
  CHECK(completed("grant").empty());
}

TEST_CASE("bash offers the second words of commands of two") {
  CHECK(completed("subid ''") == "--help list grant check");
  CHECK(completed("subid g") == "grant");
  CHECK(completed("check subid").empty());
}

TEST_CASE("bash offers the options and operands of a command of two words, and of no other") {
  CHECK(completed("subid grant --") == "--help --count --like");
  CHECK(completed("subid list --") == "--help");
  CHECK(completed("subid grant --like ''") == "more less");
  CHECK(completed("subid grant --count ''").empty());
  CHECK(completed("subid list m") == "more");
  CHECK(completed("subid grant roo") == "root");
  CHECK(completed("subid check ''").empty());
  CHECK(completed("subid none ''").empty());
  CHECK(contains(completed("check so-"), "so-reuseport"));
}

TEST_CASE("the man page has commands of two words with both") {
  CHECK(contains(reference(words_table, "man-commands"),
                 ".SS \\fBsubid grant\\fR [\\fIOPTION\\fR...] [\\fIUSER\\fR...]\nGives.\n"));
}

TEST_CASE("a part that is not known is wrong usage") { CHECK_THROWS_AS(reference(table, "man"), UsageError); }
