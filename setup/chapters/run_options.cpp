#include "chapters/run_options.hpp"

#include <string_view>

namespace kerneltour::chapters {
namespace {

namespace po = boost::program_options;

struct Option {
  const char* name;
  const char* value;  ///< the name of its value; empty where it takes none
  const char* description;
};

constexpr Option table[] = {
    {"from", "STEP", "Begin with this step."},
    {"unattended", "", "Run all steps without a pause, as it does where there is no terminal."},
    {"format", "text|tap|json", "How to print an unattended run: text (the default), TAP or JSON."},
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
    if (takes_value(option)) {
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
    words.push_back(std::string("--") + option.name);
    if (takes_value(option)) words.push_back(given[option.name].as<std::string>());
  }
  return words;
}

}  // namespace kerneltour::chapters
