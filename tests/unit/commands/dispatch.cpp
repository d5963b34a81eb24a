#include <doctest/doctest.h>

#include <iostream>
#include <sstream>
#include <vector>

#include "commands/command.hpp"
#include "commands/operands.hpp"

using namespace kerneltour::commands;
using Words = std::vector<std::string>;

namespace {

Options no_options() { return {}; }

Options with_count() {
  Options options;
  options.add_options()("count", boost::program_options::value<std::string>()->value_name("N"), "How many.");
  return options;
}

template <int status>
int ends_with(const Arguments&) {
  return status;
}

int print_user(const Arguments& arguments) {
  std::cout << operand(arguments, "USER").value_or("nobody");
  if (arguments.count("count") != 0) std::cout << " " << arguments["count"].as<std::string>();
  return 0;
}

constexpr Command table[] = {
    {"check", "", "Tells what is", no_options, ends_with<10>},
    {"subid list", "USER", "Lists ranges", no_options, ends_with<11>},
    {"subid grant", "USER", "Gives a range", with_count, print_user},
    {"undo", "", "Takes back", no_options, ends_with<13>},
};

/// Standard output or error, for as long as it lives.
class Caught {
 public:
  explicit Caught(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {}
  Caught(const Caught&) = delete;
  Caught& operator=(const Caught&) = delete;
  ~Caught() { stream_.rdbuf(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::ostream& stream_;
  std::streambuf* before_;
};

struct Ended {
  int status;
  std::string out;
  std::string err;
};

Ended typed(Words words) {
  std::ios::sync_with_stdio(false);  // the first time it sets the streams anew
  const Caught out(std::cout);
  const Caught err(std::cerr);
  words.insert(words.begin(), "kerneltour");
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  const int status = dispatch(table, static_cast<int>(arguments.size()), arguments.data());
  return {status, out.text(), err.text()};
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a command of two words is the one that both words name") {
  CHECK(typed({"subid", "list"}).status == 11);
  CHECK(typed({"check"}).status == 10);
  CHECK(typed({"undo"}).status == 13);
}

TEST_CASE("options and operands of a command of two words stand behind both") {
  CHECK(typed({"subid", "grant", "ann", "--count", "5"}).out == "ann 5");
  CHECK(typed({"subid", "grant", "--count=5", "ann"}).out == "ann 5");
  CHECK(typed({"subid", "grant"}).out == "nobody");
}

TEST_CASE("one operand too many is named") {
  const auto ended = typed({"subid", "grant", "ann", "bob"});
  CHECK(ended.status == 2);
  CHECK(ended.err == "kerneltour: one USER at a time: 'bob' is one too many\n");
}

TEST_CASE("a first word that wants a second one names those there are") {
  const auto ended = typed({"subid"});
  CHECK(ended.status == 2);
  CHECK(ended.err == "kerneltour: subid takes one of: list, grant\n");
  CHECK(ended.out.empty());
}

TEST_CASE("a second word that is none is named with those there are") {
  for (const auto& words :
       {Words{"subid", "gran"}, Words{"subid", "gran", "ann"}, Words{"subid", "grants"}}) {
    const auto ended = typed(words);
    CHECK(ended.status == 2);
    CHECK(ended.err == "kerneltour: subid knows no '" + words[1] + "'; it takes one of: list, grant\n");
  }
}

TEST_CASE("a word that begins no command is told as such, and so are both words in one") {
  CHECK(typed({"list"}).err == "kerneltour: there is no command 'list'; see kerneltour --help\n");
  CHECK(typed({"subid list"}).err == "kerneltour: there is no command 'subid list'; see kerneltour --help\n");
  CHECK(typed({"--sub"}).err == "kerneltour: there is no option '--sub'; see kerneltour --help\n");
  CHECK(typed({"sub", "list"}).status == 2);
}

TEST_CASE("the help of a first word has its commands and no others") {
  for (const std::string help : {"--help", "-h", "help"}) {
    CAPTURE(help);
    const auto ended = typed({"subid", help});
    CHECK(ended.status == 0);
    CHECK(contains(ended.out, "  subid list    Lists ranges\n  subid grant   Gives a range\n"));
    CHECK_FALSE(contains(ended.out, "Takes back"));
  }
}

TEST_CASE("the help of a command of one word is its own") {
  CHECK(contains(typed({"check", "--help"}).out, "Usage: kerneltour check [OPTION...]\n"));
}

TEST_CASE("the help of a command of two words is its own") {
  const auto ended = typed({"subid", "grant", "--help"});
  CHECK(ended.status == 0);
  CHECK(contains(ended.out, "Usage: kerneltour subid grant [OPTION...] [USER...]\n"));
  CHECK(contains(ended.out, "  --count N\n      How many.\n"));
}

TEST_CASE("the help of all has each command with both its words") {
  const auto ended = typed({"--help"});
  CHECK(ended.status == 0);
  for (const auto& command : table) CHECK(contains(ended.out, "  " + std::string(command.name) + " "));
}

TEST_CASE("wrong usage of a command of two words points to its help") {
  const auto ended = typed({"subid", "grant", "--cou", "5"});
  CHECK(ended.status == 2);
  CHECK(contains(ended.err, "see kerneltour subid grant --help\n"));
}
