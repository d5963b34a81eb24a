#include "commands/selection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chapters/catalogue.hpp"
#include "features/catalogue.hpp"
#include "posix/terminal.hpp"

namespace kerneltour::commands {
namespace {

namespace po = boost::program_options;

std::vector<std::string> words_of(const Arguments& arguments, const char* name) {
  if (arguments.count(name) == 0) return {};
  return arguments[name].as<std::vector<std::string>>();
}

std::vector<const chapters::Chapter*> named_chapters(const Arguments& arguments) {
  std::vector<const chapters::Chapter*> named;
  for (const auto& word : words_of(arguments, "for")) {
    const auto* chapter = chapters::find(word);
    if (!chapter)
      throw UsageError(
          fmt::format("--for: there is no chapter '{}'; they are 0 to {}, or names such as {} (kerneltour "
                      "chapters lists them)",
                      word, chapters::catalogue().back().number, chapters::catalogue().at(1).id));
    if (std::find(named.begin(), named.end(), chapter) == named.end()) named.push_back(chapter);
  }
  return named;
}

void refuse_unknown(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    if (features::find(name)) continue;
    std::string known;
    for (const auto* feature : features::catalogue()) known += fmt::format(" {}", feature->id);
    throw UsageError(fmt::format("there is no feature '{}'; the features are:{}", name, known));
  }
}

void append(std::vector<std::string>& ids, const std::vector<std::string>& more) {
  ids.insert(ids.end(), more.begin(), more.end());
}

Selection select(const Arguments& arguments, bool wanted) {
  auto ids = words_of(arguments, "FEATURE");
  refuse_unknown(ids);
  Selection selected;
  selected.chapters = named_chapters(arguments);
  const bool all = ids.empty() && selected.chapters.empty();
  for (const auto* chapter : selected.chapters) {
    append(ids, chapter->needs);
    if (wanted) append(ids, chapter->wants);
  }
  for (const auto* feature : features::catalogue()) {
    if (all || std::find(ids.begin(), ids.end(), feature->id) != ids.end())
      selected.features.push_back(feature);
  }
  if (!all) return selected;
  for (const auto& chapter : chapters::catalogue()) selected.chapters.push_back(&chapter);
  return selected;
}

}  // namespace

void add_selection(Options& options, const std::string& about) {
  const auto text =
      fmt::format("{}: numbers or names, up to the next option. Name features before it.", about);
  options.add_options()("for", po::value<std::vector<std::string>>()->multitoken()->value_name("CHAPTER"),
                        text.c_str());
}

Selection selection(const Arguments& arguments) { return select(arguments, false); }

Selection selection_with_wanted(const Arguments& arguments) { return select(arguments, true); }

}  // namespace kerneltour::commands
