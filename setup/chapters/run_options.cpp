#include "chapters/run_options.hpp"

#include <string_view>

namespace kerneltour::chapters {
namespace {

namespace po = boost::program_options;

struct Option {
  const char* name;
  const char* value;  ///< the name of its value; empty where it takes none
  const char* description;
  bool repeats = false;  ///< whether it may be given several times
};

constexpr Option table[] = {
    {"from", "STEP", "Begin with this step."},
    {"unattended", "", "Run all steps without a pause, as it does where there is no terminal."},
    {"set", "NAME=NUMBER", "Choose a number of the chapter's own; its --help says which there are."},
    {"format", "text|tap|json", "How to print an unattended run: text (the default), TAP or JSON."},
    {"record", "FILE",
     "Keep what the steps measure over time: in a table where the file's name ends in .csv, in a chart where "
     "it ends in .svg. May be given twice. A file that is there already is not overwritten.",
     true},
    {"list", "", "Print the names of the steps, each with the line of its source, and run none."},
    {"source", "", "Print the chapter's source, and run nothing."},
    {"copy", "DIR", "Put the chapter's source into this directory, with a CMakeLists.txt that builds it."},
};

bool takes_value(const Option& option) { return !std::string_view(option.value).empty(); }

}  // namespace

po::options_description run_options() {
  po::options_description options;
  auto add = options.add_options();
  for (const auto& option : table) {
    if (option.repeats) {
      add(option.name, po::value<std::vector<std::string>>()->value_name(option.value), option.description);
    } else if (takes_value(option)) {
      add(option.name, po::value<std::string>()->value_name(option.value), option.description);
    } else {
      add(option.name, option.description);
    }
  }
  return options;
}

std::vector<std::string> words_of(const po::variables_map& given) {
  std::vector<std::string> words;
  for (const auto& option : table) {
    if (given.count(option.name) == 0) continue;
    const auto& value = given[option.name];
    const auto name = std::string("--") + option.name;
    if (option.repeats) {
      for (const auto& one : value.as<std::vector<std::string>>()) words.insert(words.end(), {name, one});
    } else if (takes_value(option)) {
      words.insert(words.end(), {name, value.as<std::string>()});
    } else {
      words.push_back(name);
    }
  }
  return words;
}

}  // namespace kerneltour::chapters
